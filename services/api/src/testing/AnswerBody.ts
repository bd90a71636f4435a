/** An item of one of the lists: each has some of these. */
export interface AnswerItem {
  slug: string;
  status: string;
  value: number;
  unlock_id: string;
  level: string | null;
  period: string;
  amount: number;
  total_after: number;
}

/** What tests look into, of whichever answer it is: each has some of these, and an expectation fails where one is missing. */
export interface AnswerBody {
  code: string;
  erasure_id: string;
  errors: { field: string; message: string }[];
  items: AnswerItem[];
  entries: AnswerItem[];
  next_cursor: string | null;
  end_cursor: string | null;
  total: number;
  version: number;
  sequence: number;
  changes: { slug: string; change: string; version: number }[];
  counted: { event_id: string }[];
  not_counted: unknown[];
  crossed: unknown[];
  unlocks: unknown[];
  summary: string;
  event: { event_id: string; detail: string };
  unlock: { unlock_id: string };
  log: { last_sequence: number };
  evaluated_sequence: number;
  lag: number;
  partitions: { lag: number }[];
  teams: { lag: number; owner: string | null };
  openapi: string;
  paths: Record<string, object>;
  components: { schemas: Record<string, unknown> };
}
