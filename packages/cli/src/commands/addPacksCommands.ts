import { packJsonSchema } from '@cairn/engine/authoring';
import type { Command } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode } from '../errors.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { type ApplyOptions, applyPacksCommand } from './packs/applyPacksCommand.js';
import { type DiffOptions, diffPacksCommand } from './packs/diffPacksCommand.js';
import { lintPacksCommand } from './packs/lintPacksCommand.js';
import { testPacksCommand } from './packs/testPacksCommand.js';
import { parseText, parseTexts } from './parseText.js';

const FILES = 'YAML or JSON files, directories of them, or names of packs that come with Cairn';

export const addPacksCommands: AddCommand = (program, host) => {
  const group = program.command('packs').description('achievements as code');
  const add = <Options>(
    name: string,
    description: string,
    run: (context: CliContext, files: string[], options: Options) => Promise<ExitCode>,
  ): Command =>
    group
      .command(name)
      .description(description)
      .argument('<files...>', FILES, parseTexts)
      .action(async (files: string[], options: Options, self: Command) => {
        host.exit(await run(host.contextOf(self), files, options));
      });
  withExamples(
    add('lint', 'check packs', lintPacksCommand).option('--offline', 'ask no server for types of events, tiers and other packs'),
    [
      ['cairn packs lint packs/', 'says file, line and column of what is wrong, and what to write instead'],
      ['cairn packs lint team.yaml --offline', 'the same without a server'],
    ],
  );
  withExamples(add('test', 'run the tests that stand in packs, without a server', testPacksCommand), [
    ['cairn packs test packs/*.yaml', 'exits with 1 where one fails, and says why'],
  ]);
  withExamples(
    add<DiffOptions>('diff', 'what publishing would change', diffPacksCommand)
      .option('--against <file>', 'compare with a file, not with the server', parseText)
      .option('--exit-code', 'exit with 1 where there are differences'),
    [
      ['cairn packs diff git', 'nothing is changed by asking'],
      ['cairn packs diff team.yaml --against old/team.yaml', 'two files, without a server'],
    ],
  );
  const apply = add<ApplyOptions>('apply', 'publish packs', applyPacksCommand);
  withExamples(apply.option('--no-wait', 'do not wait until the history is evaluated by what is new'), [
    ['cairn packs apply git onboarding', 'packs that come with Cairn'],
    ['cairn packs apply team.yaml', "one's own"],
  ]);
  addSchemaCommand(group, host);
};

function addSchemaCommand(group: Command, host: Parameters<AddCommand>[1]): void {
  const schema = group
    .command('schema')
    .description('print the JSON Schema of packs, for editors')
    .action(async (_options: unknown, self: Command) => {
      await host.contextOf(self).output.line(JSON.stringify(packJsonSchema(), null, 2));
      host.exit(EXIT.success);
    });
  withExamples(schema, [['cairn packs schema > pack.schema.json', 'see the guide to writing packs for what editors make of it']]);
}
