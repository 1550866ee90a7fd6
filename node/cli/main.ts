#!/usr/bin/env node
/** `tamga`: every command, and what becomes of an error that reaches the top. */
import { Command } from 'commander'
import { TamgaError } from '../../protocol/errors.ts'
import { addAsk } from './commands/ask.ts'
import { addImport } from './commands/import.ts'
import { addKeygen } from './commands/keygen.ts'
import { addLog } from './commands/log.ts'
import { addNode } from './commands/node.ts'
import { addRoster } from './commands/roster.ts'
import { addStart } from './commands/start.ts'
import { addVerifyAnswer } from './commands/verify-answer.ts'

const program = new Command('tamga')
  .description('A fingerprint register without a centre: signed logs, provable answers.')
  .showHelpAfterError()

addStart(program)
addNode(program)
addKeygen(program)
addRoster(program)
addImport(program)
addAsk(program)
addVerifyAnswer(program)
addLog(program)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof TamgaError)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
