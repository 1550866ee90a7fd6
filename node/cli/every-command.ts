/** Every command but the auditor's: those need a node's own code, or ask a node. */
import type { Command } from 'commander'

type Add = (program: Command) => void

/**
 * Commands by name, in the order in which help lists them. Each loads what it needs and no more:
 * most of them need little, and a node's network and database take longer to load than they do.
 */
export const COMMANDS: readonly (readonly [names: readonly string[], load: () => Promise<Add>])[] =
  [
    [['start'], async () => (await import('./commands/start.ts')).addStart],
    [['node'], async () => (await import('./commands/node.ts')).addNode],
    [['keygen'], async () => (await import('./commands/keygen.ts')).addKeygen],
    [['roster'], async () => (await import('./commands/roster.ts')).addRoster],
    [['credential'], async () => (await import('./commands/credential.ts')).addCredential],
    [['policy'], async () => (await import('./commands/policy.ts')).addPolicy],
    [['import'], async () => (await import('./commands/import.ts')).addImport],
    [
      ['enrol', 'update', 'identify', 'verify'],
      async () => (await import('./commands/ask.ts')).addAsk,
    ],
    [['canary'], async () => (await import('./commands/canary.ts')).addCanary],
    [['person'], async () => (await import('./commands/person.ts')).addPerson],
    [['deed'], async () => (await import('./commands/deed.ts')).addDeed],
    [['case'], async () => (await import('./commands/case.ts')).addCase],
    [['oversight'], async () => (await import('./commands/oversight.ts')).addOversight],
    [['verify-report'], async () => (await import('./commands/verify-report.ts')).addVerifyReport],
    [['watch'], async () => (await import('./commands/watch.ts')).addWatch],
    [['verify-answer'], async () => (await import('./commands/verify-answer.ts')).addVerifyAnswer],
    [['verify-list'], async () => (await import('./commands/verify-list.ts')).addVerifyList],
    [['print'], async () => (await import('./commands/print.ts')).addPrint],
    [['post'], async () => (await import('./commands/post.ts')).addPost],
    [['tls'], async () => (await import('./commands/tls.ts')).addTls],
    [['mosip'], async () => (await import('./commands/mosip.ts')).addMosip],
    [['osia'], async () => (await import('./commands/osia.ts')).addOsia],
    [['document'], async () => (await import('./commands/document.ts')).addDocument],
    [['log'], async () => (await import('./commands/log.ts')).addLog],
    [['evidence'], async () => (await import('./commands/evidence.ts')).addEvidence],
    [['handles'], async () => (await import('./commands/handles.ts')).addHandles],
  ]

/** Adds the command of that name; all of them where none has it, so that help can list them. */
export async function addCommands(program: Command, name = ''): Promise<void> {
  const named = COMMANDS.filter(([names]) => names.includes(name))
  for (const [, load] of named.length > 0 ? named : COMMANDS) {
    const add = await load()
    add(program)
  }
}
