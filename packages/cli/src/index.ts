export { CliContext, type GlobalOptions, type Patience } from './cliContext.js';
export type { Serve } from './commands/addServeCommand.js';
export { describeUnlock } from './commands/addTailCommand.js';
export { type AddCommand, type CliHost, withExamples } from './commands/cliHost.js';
export type { CliConfig } from './config.js';
export { dataDirectory, type Environment } from './dataDirectory.js';
export { CliError, type CliErrorCode, EXIT, type ExitCode, UsageError } from './errors.js';
export { type GitImport, type ImportGitOptions, importGit } from './git/importGit.js';
export { countOf, formatNumber, formatSeconds } from './output/numbers.js';
export { Output } from './output/output.js';
export { printable } from './output/printable.js';
export { createProgressBar, type ProgressBar } from './output/progressBar.js';
export { type Column, formatFields, formatTable } from './output/table.js';
export { type LintedPack, type LintIssue, lintPackFile } from './packs/lintPackFile.js';
export { type PackFile, readPackFile } from './packs/readPackFile.js';
export { type CliOptions, runCli } from './runCli.js';
export {
  isAlive,
  type RuntimeFile,
  readRuntimeFile,
  removeRuntimeFile,
  runtimeFilePath,
  writeRuntimeFile,
} from './runtimeFile.js';
export { type ImportTally, readTotal, skippedTotal } from './sending/importTally.js';
export { type SpoolReport, sendSpooled } from './spool/sendSpooled.js';
export { Spool } from './spool/spool.js';
