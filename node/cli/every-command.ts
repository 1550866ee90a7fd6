/** Every command but the auditor's: those need a node's own code, or ask a node. */
import type { Command } from 'commander'
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
import { addPrint } from './commands/print.ts'
import { addRoster } from './commands/roster.ts'
import { addStart } from './commands/start.ts'
import { addVerifyAnswer } from './commands/verify-answer.ts'
import { addVerifyList } from './commands/verify-list.ts'
import { addVerifyReport } from './commands/verify-report.ts'
import { addWatch } from './commands/watch.ts'

export function addEveryCommand(program: Command): void {
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
  addVerifyReport(program)
  addWatch(program)
  addVerifyAnswer(program)
  addVerifyList(program)
  addPrint(program)
  addLog(program)
  addEvidence(program)
  addHandles(program)
}
