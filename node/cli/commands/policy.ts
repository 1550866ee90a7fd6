/** `tamga policy`: which law is in force, what it says, and how it comes into force. */
import { Option, type Command } from 'commander'
import { encodePolicy } from '../../../protocol/rules/policy.ts'
import { POLICIES } from '../../../protocol/rules/policies.ts'
import type { CivilDate } from '../../../protocol/rules/civil-date.ts'
import { statingPerson, type PersonOptions } from '../application.ts'
import { civilDate } from '../arguments.ts'
import { atNode, clientAt, type NodeOptions } from '../at-node.ts'
import type { RenderedReason } from '../client.ts'
import { byTwo, doDeed, type DeedOptions } from '../deeds.ts'
import { asOfficer } from '../signing.ts'

const LANGUAGES = ['en', 'kk', 'ru'] as const

interface DecideOptions extends PersonOptions, NodeOptions {
  readonly on?: CivilDate
  readonly language: (typeof LANGUAGES)[number]
}

interface RenderedDecision {
  readonly on: string
  readonly policy: string
  readonly verdict: string
  readonly reasons: readonly RenderedReason[]
}

export function addPolicy(program: Command): void {
  const policy = program.command('policy').description('the law that the register goes by')
  atNode(policy.command('list').description('the policies that it knows')).action(
    async (options: NodeOptions) => list(options),
  )
  byTwo(asOfficer(policy.command('adopt').description('bring one into force: takes two')))
    .addArgument(policy.createArgument('<id>', 'which').choices(POLICIES.map(({ id }) => id)))
    .action(async (id: string, options: DeedOptions) => {
      const chosen = POLICIES.find((known) => known.id === id)!
      await doDeed('/v1/policies', { type: 'policy', policy: encodePolicy(chosen) }, options)
    })
  statingPerson(atNode(policy.command('decide').description('what the law says of somebody')))
    .option('--on <date>', 'the day of the decision; today if absent', civilDate)
    .addOption(new Option('--language <code>', 'of the sentences').choices(LANGUAGES).default('en'))
    .action(async (options: DecideOptions) => decide(options))
}

async function list(options: NodeOptions): Promise<void> {
  const client = await clientAt(options)
  const { inForce, policies } = await client.policies()
  for (const { id, from, title } of policies) {
    console.log(`${id === inForce ? '*' : ' '} ${id} from ${from}: ${title.en}`)
  }
  if (inForce === undefined) console.log('no law is in force')
}

async function decide(options: DecideOptions): Promise<void> {
  const { on, language, born, citizenship, sex, consent, form, requested } = options
  const facts = { on, born, citizenship, sex, consent, consentForm: form, requestedOn: requested }
  const client = await clientAt(options)
  const answer = await client.post('/v1/decisions', facts)
  const { policy, verdict, reasons, on: day } = answer as RenderedDecision
  console.log(`${verdict} under ${policy} on ${day}`)
  for (const reason of reasons) console.log(`  ${reason.code}: ${reason[language]}`)
}
