CREATE TABLE "user_aliases" (
	"tenant_key" integer NOT NULL,
	"log_seq" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"alias" text COLLATE "C" NOT NULL,
	"user_id" text COLLATE "C" NOT NULL,
	CONSTRAINT "user_aliases_tenant_key_alias_pk" PRIMARY KEY("tenant_key","alias")
);
--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "origin_key" bigint;--> statement-breakpoint
CREATE INDEX "user_aliases_log_seq" ON "user_aliases" USING btree ("log_seq");