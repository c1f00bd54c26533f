"""The only place with prompt and template text: versioned files, strictly rendered."""

from prompts.loader import Prompt as Prompt
from prompts.loader import PromptError as PromptError
from prompts.loader import load as load
from prompts.loader import released as released
