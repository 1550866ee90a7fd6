import { spawn } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import { is, match } from 'uvu/assert'
import { writePgm } from '../../../matcher/image/pgm.ts'
import { Client } from '../../../node/cli/client.ts'
import { systemClock } from '../../../node/clock.ts'
import { readIdentity } from '../../../node/tls/identity.ts'
import { drawnFinger } from '../../matcher/support/drawn-finger.ts'
import { ZONE } from '../../protocol/document/support/chips.ts'
import { openssl } from '../../support/openssl.ts'
import { CHECKING, NAMES, TestRegister } from './support/register.ts'
import { Running } from './support/tamga.ts'

const INSPECT = ['post', 'inspect', '--officer', 'farida.key', '--case', 'shift-1']
const LOOKING = ['--mrz', 'zone.txt', '--finger', '2=right.pgm', '--dpi', '500']
const SIGNED = ['--authority', 'ca']
const AUTHORITY = ['--authority', 'ca/authority.pem']

const promises = suite('tamga tls')

let register: TestRegister
let urls: string[]

promises.before(async () => {
  register = await TestRegister.found()
  await register.write('zone.txt', ZONE)
  await register.write('right.pgm', writePgm(drawnFinger('right')))
  await register.good('tls', 'authority', 'ca', '--network', 'cli.registry.kz')
  const nodes = NAMES.map((name) => identify(name, '--node', name, '--address', '127.0.0.1'))
  await Promise.all([...nodes, identify('office', '--post', 'head-office')])
  urls = await Promise.all(NAMES.map((_, place) => overTls(place)))
})

promises.after(async () => register.close())

promises('enrolls a post, whose key stays there', async () => {
  const nodes = NAMES.flatMap((name, place) => ['--node', `${name}=${urls[place]}`])
  const about = ['--name', 'korday', '--basis', 'art. 12', ...nodes]
  match(await register.good('post', 'init', ...CHECKING, ...about), /^roster: epoch 1 /m)
  match(await register.good('post', 'status'), /^nodes: none answers$[^]*^certificate: none, /m)
  match(await register.good('post', 'enroll'), /^written: post\/tls\.pem\.csr, /)
  is((await stat(file('post/tls.pem.next'))).mode & 0o777, 0o600)
  const request = ['tls', 'sign', 'post/tls.pem.csr', ...SIGNED, '--out', 'korday.crt']
  match((await register.run(...request, '--post', 'kordai')).stderr, /^conflict: /)
  match(await register.good(...request, '--post', 'korday'), /^korday until [^]*\nwritten: /)
  const foreign = ['--certificate', 'office.crt', ...AUTHORITY]
  match((await register.run('post', 'enroll', ...foreign)).stderr, /^conflict: /)
  await register.good('post', 'enroll', '--certificate', 'korday.crt', ...AUTHORITY)
  is((await stat(file('post/tls.pem'))).mode & 0o777, 0o600)
  const status = await register.good('post', 'status')
  match(status, /^nodes: almaty astana$[^]*^certificate: until /m)
})

promises('has a post inspect over TLS', async () => {
  const { status, stdout, stderr } = await register.run(...INSPECT, ...LOOKING)
  is(status, 2, stderr)
  match(stdout, /^inspection [0-9a-f]{8}: (almaty|astana) answered$/m)
  match(stdout, /^ {2}zone +successful /m)
})

promises('has every command that asks a node ask over TLS', async () => {
  const [url] = urls as [string]
  const at = ['--url', url, '--tls', 'office.pem']
  match(await register.good('policy', 'list', ...at), /^\* seed-2017 /)
  match((await register.run('policy', 'list', '--url', url)).stderr, /^unreachable: /)
  const plain = ['--url', url.replace('https', 'http'), '--tls', 'office.pem']
  match((await register.run('policy', 'list', ...plain)).stderr, /^unprocessable: /)
  const auditing = ['--officer', 'gulim.key', '--case', 'a-1', '--basis', 'art. 1']
  const from = ['--post', 'head-office', '--tls', 'office.pem', '--state', 'kept']
  const audited = await register.run('audit', url, ...CHECKING, ...auditing, ...from)
  is(audited.status, 0, audited.stdout + audited.stderr)
  const elsewhere = [...from, '--post', 'korday']
  const refused = await register.run('audit', url, ...CHECKING, ...auditing, ...elsewhere)
  match(refused.stderr, /forbidden: head-office hands in what was signed at another post/)
})

promises('is TLS 1.3 with certificates that OpenSSL takes', async () => {
  const { host } = new URL(urls[0]!)
  const files = ['-CAfile', 'ca/authority.pem', '-verify_return_error', '-verify_ip', '127.0.0.1']
  const own = ['-cert', 'office.pem', '-key', 'office.pem']
  if (!openssl(['version'])) return
  const said = await shaken(host, ...files, ...own)
  match(said, /Verification: OK/)
  match(said, /TLSv1\.3/)
  match(said, /HTTP\/1\.1 200 /)
  is(/HTTP/.test(await shaken(host, ...files)), false)
  is(/HTTP/.test(await shaken(host, ...files, ...own, '-tls1_2')), false)
})

promises('has no node serve a post any more that is revoked at one', async () => {
  const at = ['--url', urls[0]!, '--tls', 'office.pem', '--post', 'head-office']
  const why = ['--officer', 'erlan.key', '--purpose', 'administration']
  const under = ['--case', 'lost-1', '--basis', 'the plan']
  const revoke = ['tls', 'revoke', 'korday.crt', ...at, ...why, ...under]
  match(await register.good(...revoke), /"index": \d+/)
  let status = ''
  while (!/^nodes: none answers$/m.test(status)) status = await register.good('post', 'status')
  match((await register.run(...INSPECT, ...LOOKING)).stdout, /: cut off: /)
  match((await register.run(...revoke)).stderr, /^conflict: /)
  match(await register.good('policy', 'list', ...at.slice(0, 4)), /seed-2017/)
})

promises('gives a post another certificate, for another key', async () => {
  const before = readIdentity(await readFile(file('post/tls.pem'), 'utf8'))
  await register.good('post', 'enroll')
  const signing = ['--post', 'korday', '--days', '30', '--out', 'korday-2.crt']
  await register.good('tls', 'sign', 'post/tls.pem.csr', ...SIGNED, ...signing)
  await register.good('post', 'enroll', '--certificate', 'korday-2.crt', ...AUTHORITY)
  is(readIdentity(await readFile(file('post/tls.pem'), 'utf8')).key === before.key, false)
  match(await register.good('post', 'status'), /^nodes: almaty astana$/m)
})

promises('has a node serve others than its machine over TLS alone', async () => {
  await register.kill(1)
  const own = ['--key', 'astana.key', '--data', 'astana', '--port', '0', '--host', '0.0.0.0']
  const ran = await register.run('node', ...CHECKING, ...own, '--log', 'silent')
  match(ran.stderr, /^unprocessable: plain HTTP on 0\.0\.0\.0: /)
  const foreign = await register.run('node', ...CHECKING, ...own, '--tls', 'almaty.pem')
  match(foreign.stderr, /^conflict: the certificate is of almaty, not of astana$/m)
})

promises.run()

function file(name: string): string {
  return join(register.folder, name)
}

/** A key and its certificate, as `<name>.pem`. */
async function identify(name: string, kind: string, whose: string, ...more: string[]) {
  await register.good('tls', 'request', `${name}.pem`, '--name', whose)
  const signing = [...SIGNED, kind, whose, ...more, '--out', `${name}.crt`]
  await register.good('tls', 'sign', `${name}.pem.csr`, ...signing)
  const files = ['--certificate', `${name}.crt`, ...AUTHORITY]
  await register.good('tls', 'install', `${name}.pem`, ...files)
}

/** Stops a node and starts it again with certificates; says where, once it is healthy. */
async function overTls(place: number): Promise<string> {
  const name = NAMES[place]!
  await register.nodes[place]!.stop()
  const own = ['--key', `${name}.key`, '--data', name, '--port', '0', '--log', 'warn']
  const node = new Running(register.folder, 'node', ...CHECKING, ...own, '--tls', `${name}.pem`)
  register.nodes[place] = node
  const [, url = ''] = await node.says(/serves (https\S+)/)
  const tls = readIdentity(await readFile(file('office.pem'), 'utf8'))
  const client = new Client({ url, tls })
  while (!(await isHealthy(client))) await systemClock.sleep(50)
  return url
}

async function isHealthy(client: Client): Promise<boolean> {
  return client.get('/health').then(
    () => true,
    () => false,
  )
}

/** What OpenSSL says of a connection, and the node to a request on it. */
function shaken(host: string, ...args: string[]): Promise<string> {
  const child = spawn('openssl', ['s_client', '-connect', host, '-ign_eof', ...args], {
    cwd: register.folder,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  }
  child.stdin.on('error', () => undefined)
  child.stdin.end('GET /v1/policies HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n')
  return new Promise((resolve) => {
    child.once('close', () => resolve(said))
  })
}
