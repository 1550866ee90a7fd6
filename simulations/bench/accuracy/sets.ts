/** Finds FVC sets below a folder and reads their templates. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pack } from '../../../matcher/packed.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import { InvalidTemplate, type FingerView } from '../../../matcher/template/template.ts'
import type { Impression } from './protocol.ts'

/** Folders below the one given: `fvc2002/DB1_B` is two deep. */
const DEPTH_MAX = 4

const IMPRESSION_NAME = /^(\d+)_(\d+)\.(png|iso)$/

export interface FvcSet {
  readonly name: string
  readonly impressions: readonly Impression<Uint8Array>[]
}

/** How a template becomes a record. */
type Packer = (view: FingerView) => Uint8Array

/** Sets with templates of one extractor, `<set>/<extractor>/F_I.iso`, by name. */
export function readSets(folder: string, extractor: string, packer: Packer = pack): FvcSet[] {
  return foldersBelow(folder, DEPTH_MAX)
    .filter((set) => existsSync(join(set, extractor)))
    .sort()
    .map((set) => {
      const impressions = readImpressions(set, extractor, packer)
      return { name: relative(folder, set), impressions }
    })
    .filter(({ impressions }) => impressions.length > 0)
}

/** Every impression the set has, as image or as template; one that cannot be read has no record. */
function readImpressions(set: string, extractor: string, packer: Packer): Impression<Uint8Array>[] {
  const names = [...readdirSync(set), ...readdirSync(join(set, extractor))]
  const known = new Map<string, { finger: number; impression: number }>()
  for (const name of names) {
    const [, finger, impression] = IMPRESSION_NAME.exec(name) ?? []
    if (finger === undefined || impression === undefined) continue
    known.set(`${finger}_${impression}`, { finger: Number(finger), impression: Number(impression) })
  }
  return [...known.entries()]
    .map(([name, { finger, impression }]) => ({
      finger,
      impression,
      record: readRecord(join(set, extractor, `${name}.iso`), packer),
    }))
    .sort((one, two) => one.finger - two.finger || one.impression - two.impression)
}

/** Failed where there is no template, no valid one, or one without minutiae. */
function readRecord(file: string, packer: Packer): Uint8Array | undefined {
  if (!existsSync(file)) return undefined
  try {
    const [view] = readTemplate(readFileSync(file)).views
    return view && view.minutiae.length > 0 ? packer(view) : undefined
  } catch (error) {
    if (error instanceof InvalidTemplate) return undefined
    throw error
  }
}

function foldersBelow(folder: string, depth: number): string[] {
  if (depth === 0) return [folder]
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return [folder, ...inside.flatMap(({ name }) => foldersBelow(join(folder, name), depth - 1))]
}
