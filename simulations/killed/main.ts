/**
 * `npm run killed`: four node processes, and `kill -9` in the middle of searches.
 *
 * First a node is stopped (SIGSTOP) so that it has the question and cannot answer, and is killed
 * while everybody waits for it. Then nodes are killed at random moments of searches. Then both
 * replicas of a shard are killed. At no time may an answer be wrong: a "no hit" is said only when
 * every shard has answered. Ends with 1 where one was.
 *
 * Further: --rounds (8) of random kills, --seed (1), --folder, to be kept.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { optionOf } from '../bench/report.ts'
import { tellOfKills } from './story.ts'

const argv = process.argv.slice(2)
const given = optionOf(argv, '--folder')
const folder = given ?? (await mkdtemp(join(tmpdir(), 'tamga-killed-')))
try {
  const rounds = Number(optionOf(argv, '--rounds') ?? 8)
  const seed = Number(optionOf(argv, '--seed') ?? 1)
  const wrong = await tellOfKills({ folder, nodes: 4, people: 8, rounds, seed }, (line) => {
    console.log(line)
  })
  if (wrong > 0) process.exitCode = 1
} finally {
  if (given === undefined) await rm(folder, { recursive: true, force: true })
}
