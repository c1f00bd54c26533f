import { pool } from "./database";

export interface Reply {
  id: number;
  title: string;
  body: string;
}

export async function findReplies(query: string, limit: number): Promise<Reply[]> {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const result = await pool.query(
    "select id, title, body from replies where keywords && $1 order by used desc limit $2",
    [words, limit],
  );
  return result.rows;
}
