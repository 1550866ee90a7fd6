/** `tamga keygen`: a new key for a node, an officer or the roster's authority. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { toBase64 } from '../../../crypto/bytes.ts'
import { ACTIONS, type Action } from '../../../protocol/statement.ts'
import { systemRandom } from '../../random.ts'
import {
  authorityVkey,
  newKey,
  rosterNode,
  rosterOfficer,
  writeKey,
  type KeyKind,
} from '../key-file.ts'

interface KeygenOptions {
  readonly kind: KeyKind
  readonly address?: string
  readonly may?: readonly Action[]
  readonly out?: string
}

export function addKeygen(program: Command): void {
  program
    .command('keygen <name>')
    .description('make a key: the secret goes to a file, what is public to the screen')
    .addOption(
      new Option('--kind <kind>', 'whose key it is')
        .choices(['node', 'officer', 'authority'])
        .default('node'),
    )
    .option('--address <multiaddr>', 'where a node listens, such as /ip4/10.0.0.1/tcp/4101')
    .option('--may <actions>', `what an officer may do: ${ACTIONS.join(',')}`, actions)
    .option('--out <file>', 'the secret key file (default <name>.key)')
    .action(async (name: string, options: KeygenOptions) => keygen(name, options))
}

async function keygen(name: string, options: KeygenOptions): Promise<void> {
  const { kind, address, may, out = `${name}.key` } = options
  if (kind === 'node' && address === undefined)
    throw new InvalidArgumentError('--address is needed')
  const about = { ...(address ? { address } : {}), ...(may ? { may } : {}) }
  const key = newKey({ kind, name, ...about }, systemRandom)
  await writeKey(out, key)
  if (kind === 'authority') console.log(authorityVkey(key))
  if (kind === 'node') {
    const { publicKey, boxKey } = rosterNode(key)
    console.log(`node ${name} ${toBase64(publicKey)} ${toBase64(boxKey)} ${address}`)
  }
  if (kind === 'officer') {
    const officer = rosterOfficer(key)
    console.log(`officer ${name} ${toBase64(officer.publicKey)} ${officer.may.join(',')}`)
  }
}

function actions(value: string): Action[] {
  const words = value.split(',')
  const known = words.filter((word): word is Action =>
    (ACTIONS as readonly string[]).includes(word),
  )
  if (known.length === words.length) return known
  throw new InvalidArgumentError(`Choose from ${ACTIONS.join(', ')}.`)
}
