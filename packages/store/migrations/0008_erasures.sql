CREATE TABLE "erasures" (
	"erasure_id" uuid PRIMARY KEY NOT NULL,
	"tenant_key" integer NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"log_seq" bigint,
	"scanned_seq" bigint DEFAULT 0 NOT NULL,
	"until_seq" bigint DEFAULT 0 NOT NULL,
	"entries" integer DEFAULT 0 NOT NULL,
	"messages" integer DEFAULT 0 NOT NULL,
	"letters" integer DEFAULT 0 NOT NULL,
	"teams" integer DEFAULT 0 NOT NULL,
	"step" text COLLATE "C" DEFAULT 'requested' NOT NULL,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"waits_for" text,
	"user_ids" text[] NOT NULL
);
--> statement-breakpoint
CREATE INDEX "erasures_newest" ON "erasures" USING btree ("tenant_key","requested_at","erasure_id");