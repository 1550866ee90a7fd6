#!/usr/bin/env node
/** `tamga`: every command, and what becomes of an error that reaches the top. */
import { Command } from 'commander'
import { TamgaError } from '../../protocol/errors.ts'
import { Refused } from './client.ts'
import { addAsk } from './commands/ask.ts'
import { addCase } from './commands/case.ts'
import { addCredential } from './commands/credential.ts'
import { addDeed } from './commands/deed.ts'
import { addEvidence } from './commands/evidence.ts'
import { addHandles } from './commands/handles.ts'
import { addImport } from './commands/import.ts'
import { addKeygen } from './commands/keygen.ts'
import { addLog } from './commands/log.ts'
import { addNode } from './commands/node.ts'
import { addOversight } from './commands/oversight.ts'
import { addPerson } from './commands/person.ts'
import { addPolicy } from './commands/policy.ts'
import { addRoster } from './commands/roster.ts'
import { addStart } from './commands/start.ts'
import { addVerifyAnswer } from './commands/verify-answer.ts'
import { addVerifyList } from './commands/verify-list.ts'
import { addWatch } from './commands/watch.ts'

const program = new Command('tamga')
  .description('A fingerprint register without a centre: signed logs, provable answers.')
  .showHelpAfterError()

addStart(program)
addNode(program)
addKeygen(program)
addRoster(program)
addCredential(program)
addPolicy(program)
addImport(program)
addAsk(program)
addPerson(program)
addDeed(program)
addCase(program)
addOversight(program)
addWatch(program)
addVerifyAnswer(program)
addVerifyList(program)
addLog(program)
addEvidence(program)
addHandles(program)

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
