create table if not exists meta (key text primary key, value text not null);
create table if not exists apps (
  id integer primary key autoincrement, name text not null, slug text not null unique, owner text not null,
  description text not null, external_url text not null, client_id text not null, public_key text not null,
  permissions_json text not null, events_json text not null, hook_url text not null, created_at text not null);
create table if not exists conversions (
  code_hash text primary key, app_id integer not null, pem text not null, client_secret text not null,
  webhook_secret text not null, expires_at text not null);
create table if not exists repos (
  id integer primary key autoincrement, full_name text not null unique, default_branch text not null,
  private integer not null, created_at text not null);
create table if not exists blobs (sha text primary key, data blob not null);
create table if not exists trees (sha text primary key, entries_json text not null);
create table if not exists commits (
  sha text primary key, repo_id integer not null, tree_sha text not null, parent text,
  message text not null, author text not null, created_at text not null);
create table if not exists refs (
  repo_id integer not null, name text not null, sha text not null, primary key (repo_id, name));
create table if not exists pulls (
  id integer primary key autoincrement, repo_id integer not null, number integer not null, title text not null,
  body text not null, state text not null, draft integer not null, user text not null,
  head_ref text not null, base_ref text not null, labels_json text not null,
  created_at text not null, updated_at text not null, closed_at text, unique (repo_id, number));
create table if not exists reviews (
  id integer primary key autoincrement, pull_id integer not null, user text not null, body text not null,
  state text not null, commit_id text not null, submitted_at text);
create index if not exists reviews_by_pull on reviews (pull_id);
create table if not exists review_comments (
  id integer primary key autoincrement, pull_id integer not null, review_id integer not null, user text not null,
  body text not null, path text not null, commit_id text not null, subject_type text not null, line integer,
  side text, start_line integer, start_side text, diff_hunk text not null, in_reply_to integer,
  created_at text not null, updated_at text not null);
create index if not exists review_comments_by_pull on review_comments (pull_id);
create table if not exists issue_comments (
  id integer primary key autoincrement, pull_id integer not null, user text not null, body text not null,
  created_at text not null, updated_at text not null);
create index if not exists issue_comments_by_pull on issue_comments (pull_id);
create table if not exists reactions (
  id integer primary key autoincrement, subject text not null, subject_id integer not null, user text not null,
  content text not null, created_at text not null, unique (subject, subject_id, user, content));
create table if not exists check_runs (
  id integer primary key autoincrement, repo_id integer not null, name text not null, head_sha text not null,
  status text not null, conclusion text, external_id text not null, details_url text not null,
  title text, summary text, text text, annotations_json text not null, actions_json text not null,
  started_at text not null, completed_at text);
create index if not exists check_runs_by_head on check_runs (head_sha);
create table if not exists tokens (
  hash text primary key, kind text not null, login text not null, permissions_json text not null,
  repo_ids_json text, challenge text, redirect_uri text, expires_at text not null);
create table if not exists budgets (
  spender text not null, hour integer not null, used integer not null, primary key (spender, hour));
create table if not exists deliveries (
  id integer primary key autoincrement, guid text not null, event text not null, action text,
  redelivery integer not null, repository_id integer, url text not null, payload blob not null,
  request_headers_json text not null, response_headers_json text not null, response_body text not null,
  status text not null, status_code integer not null, duration real not null, delivered_at text not null);
create table if not exists requests (
  id integer primary key autoincrement, method text not null, path text not null, query text not null,
  status integer not null, auth text not null, at text not null);
-- Ids of different things never coincide and exceed 32 bits, as GitHub's do: a mix-up shows at once.
insert into sqlite_sequence (name, seq)
  select name, seq from (
    select 'apps' as name, 2040000 as seq union all select 'repos', 812000000 union all select 'pulls', 2310000000
    union all select 'reviews', 3120000000 union all select 'review_comments', 2240000000
    union all select 'issue_comments', 3410000000 union all select 'check_runs', 51200000000
    union all select 'reactions', 294000000 union all select 'deliveries', 190550000000)
  where name not in (select name from sqlite_sequence);
