#!/usr/bin/env node
/** `tamga`: every command, and what becomes of an error that reaches the top. */
import { Command } from 'commander'
import { TamgaError } from '../../protocol/errors.ts'
import { Refused } from './client.ts'
import { addAudit } from './commands/audit.ts'

const program = new Command('tamga')
  .description('A fingerprint register without a centre: signed logs, provable answers.')
  .showHelpAfterError()

addAudit(program)
// An auditor need not load what a node is made of, let alone trust it.
if (process.argv[2] !== 'audit') {
  const { addCommands } = await import('./every-command.ts')
  await addCommands(program, process.argv[2])
}

try {
  await program.parseAsync()
} catch (error) {
  const file = fileOf(error)
  if (file === undefined && !(error instanceof TamgaError)) throw error
  if (file !== undefined) console.error(`not-found: ${file}`)
  if (error instanceof TamgaError) console.error(`${error.code}: ${error.message}`)
  if (error instanceof Refused) for (const { en } of error.reasons) console.error(`  ${en}`)
  process.exitCode = 1
}

/** The file that could not be opened, if that is what went wrong. */
function fileOf(error: unknown): string | undefined {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  return isMissing && 'path' in error ? String(error.path) : undefined
}
