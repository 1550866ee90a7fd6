/** `tamga keygen`: a new key, for whoever has one in a register. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { toBase64 } from '../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import { ROLES, type Role } from '../../../protocol/credential.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { ORGANISATIONS } from '../../../protocol/rules/organisations.ts'
import { systemRandom } from '../../random.ts'
import { authorityVkey, newKey, writeKey, type Key, type KeyKind } from '../key-file.ts'
import { rosterNode } from '../roster-node.ts'

interface KeygenOptions {
  readonly kind: KeyKind
  readonly address?: string
  readonly may?: readonly Role[]
  readonly out?: string
}

export function addKeygen(program: Command): void {
  program
    .command('keygen <name>')
    .description('make a key: the secret goes to a file, what is public to the screen')
    .addOption(
      new Option('--kind <kind>', 'whose key it is')
        .choices(['node', 'officer', 'organisation', 'authority', 'auditor'])
        .default('node'),
    )
    .option('--address <multiaddr>', 'where a node listens, such as /ip4/10.0.0.1/tcp/4101')
    .option('--may <roles>', `which roles an organisation grants: ${ROLES.join(',')}`, roles)
    .option('--out <file>', 'the secret key file (default <name>.key)')
    .action(async (name: string, options: KeygenOptions) => keygen(name, options))
}

async function keygen(name: string, options: KeygenOptions): Promise<void> {
  const { kind, address, out = `${name}.key` } = options
  const key = newKey({ kind, name, ...(address ? { address } : {}) }, systemRandom)
  const line = publicLine(key, options)
  await writeKey(out, key)
  console.log(line)
}

/** @throws TamgaError `unprocessable`: an option is lacking */
function publicLine(key: Key, { may }: KeygenOptions): string {
  const { kind, name, address } = key
  if (kind === 'authority' || kind === 'auditor') return authorityVkey(key)
  if (kind === 'node') {
    if (address === undefined) throw new TamgaError('unprocessable', '--address is needed')
    const { publicKey, boxKey, mirrorKey } = rosterNode(key)
    const keys = [publicKey, boxKey, mirrorKey].map((bytes) => toBase64(bytes))
    return `node ${name} ${keys.join(' ')} ${address}`
  }
  const publicKey = toBase64(signerFromSeed(key.seed).publicKey)
  if (kind === 'officer') return `officer ${name} ${publicKey}`
  const granted = may ?? ORGANISATIONS[name]
  if (granted) return `organisation ${name} ${publicKey} ${granted.join(',')}`
  throw new TamgaError('unprocessable', `--may is needed: the programme names no ${name}`)
}

function roles(value: string): Role[] {
  const words = value.split(',')
  const known = words.filter((word): word is Role => (ROLES as readonly string[]).includes(word))
  if (known.length === words.length) return known
  throw new InvalidArgumentError(`Choose from ${ROLES.join(', ')}.`)
}
