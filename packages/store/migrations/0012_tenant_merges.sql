CREATE TABLE "tenant_copies" (
	"tenant_key" integer PRIMARY KEY NOT NULL,
	"scanned_seq" bigint DEFAULT 0 NOT NULL,
	"events" bigint DEFAULT 0 NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "tenant_merges" (
	"tenant_key" integer PRIMARY KEY NOT NULL,
	"log_seq" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"into_tenant" text COLLATE "C" NOT NULL
);
