/** `tamga case`: what examiners decide after a hit. */
import { Option, type Command } from 'commander'
import { FINDINGS, type Finding } from '../../../protocol/deed.ts'
import { caseId, handle } from '../arguments.ts'
import { doDeed, type DeedOptions } from '../deeds.ts'
import { asOfficer } from '../signing.ts'

interface OpinionOptions extends DeedOptions {
  readonly candidate: Uint8Array
  readonly finding: Finding
  readonly reason: string
}

export function addCase(program: Command): void {
  const group = program.command('case').description('decide what a hit means')
  asOfficer(group.command('queue').description('the cases that wait for this examiner')).action(
    async (options: DeedOptions) => doDeed('/v1/cases/queue', { type: 'case-queue' }, options),
  )
  asOfficer(aCase(group, 'file').description('whom a search named, and what was said')).action(
    async (id: Uint8Array, options: DeedOptions) => {
      await doDeed('/v1/cases/file', { type: 'case-file', case: id }, options)
    },
  )
  aboutSubject(aCase(group, 'opinion').description('say who a candidate is'))
    .requiredOption('--candidate <hex>', 'about whom', handle)
    .addOption(
      new Option('--finding <finding>', 'what you find').choices(FINDINGS).makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why, without a name')
    .action(async (id: Uint8Array, options: OpinionOptions) => {
      const { candidate, finding, reason } = options
      const deed = { type: 'opinion' as const, case: id, candidate, finding, reason }
      await doDeed('/v1/cases/opinions', deed, options)
    })
  aboutSubject(aCase(group, 'second').description('have a second examiner look, blind')).action(
    async (id: Uint8Array, options: DeedOptions) => {
      await doDeed('/v1/cases/opinions', { type: 'second-examiner', case: id }, options)
    },
  )
}

function aCase(group: Command, name: string): Command {
  return group.command(name).argument('<case>', 'which', caseId)
}

function aboutSubject(command: Command): Command {
  return asOfficer(command).option(
    '--handle <hex>',
    "the case's subject; absent where it has none",
    handle,
  )
}
