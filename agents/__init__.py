"""Pure judgement: typed value in, typed value out. No database, queue, web framework or GitHub."""
