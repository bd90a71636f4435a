import type { TenantHistory } from '@cairn/sdk';
import type { Command } from 'commander';
import { EXIT } from '../errors.js';
import { countOf } from '../output/numbers.js';
import { printable } from '../output/printable.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { parseText } from './parseText.js';

const PERCENT = 100;

export const addTenantsCommands: AddCommand = (program, host) => {
  const tenants = program.command('tenants').description('tenants that turn out to be one');

  const merge: Command = tenants
    .command('merge')
    .description('make one tenant of two; for good')
    .argument('<from>', 'the one that ends: what is sent for it is of the other from then on', parseText)
    .argument('<into>', 'the one that goes on, with its definitions', parseText)
    .requiredOption('--reason <text>', 'why; kept in the audit', parseText)
    .action(async (from: string, into: string, { reason }: { reason: string }) => {
      const context = host.contextOf(merge);
      const { json, output } = context;
      const done = await (await context.connect()).tenants.merge({ from, into }, reason);
      const said = done.result === 'merged' ? `was merged into ${printable(into)}` : `is part of ${printable(into)} already`;
      if (json) await output.json(done);
      else await output.line(`${printable(from)} ${said} (${String(done.sequence)} of the log)`);
      if (!done.in_effect) output.note('cairn: it is in the log, and not in effect yet');
      else if (done.history?.finished_at === null)
        output.note(`cairn: its history comes along; see \`cairn tenants show ${printable(from)}\``);
      host.exit(EXIT.success);
    });
  withExamples(merge, [
    [
      'cairn tenants merge lab engineering --reason "one department since May"',
      'what both have done is of the second, who was in both is one person',
    ],
  ]);

  const show: Command = tenants
    .command('show')
    .description('what a tenant was merged into, and how far its history has come along')
    .argument('<tenant>', 'the one that ended', parseText)
    .action(async (tenant: string) => {
      const context = host.contextOf(show);
      const { json, output } = context;
      const merged = await (await context.connect()).tenants.merged(tenant);
      if (json) await output.json(merged);
      else await output.line(`${printable(tenant)} was merged into ${printable(merged.into)}: ${historyOf(merged.history)}`);
      host.exit(EXIT.success);
    });
};

function historyOf({ events, progress, finished_at: finishedAt }: TenantHistory): string {
  const came = `${countOf(events, 'event')} of its history came along`;
  return finishedAt === null ? `${came}, ${String(Math.floor(progress * PERCENT))} %` : `${came}, which is all`;
}
