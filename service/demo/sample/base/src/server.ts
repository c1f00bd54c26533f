import express from "express";
import { findReplies } from "./replies";
import { requireAgent } from "./session";

const app = express();

app.get("/api/replies", requireAgent, async (request, response) => {
  const query = String(request.query.q ?? "");
  const replies = await findReplies(query, 20);
  response.json({ replies });
});

app.listen(8080);
