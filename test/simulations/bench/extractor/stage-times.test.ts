import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { extract } from '../../../../matcher/extract/extract.ts'
import { writePgm } from '../../../../matcher/image/pgm.ts'
import { writePng } from '../../../../matcher/image/write-png.ts'
import { grownImages, imagesBelow } from '../../../../simulations/bench/extractor/sample-images.ts'
import { measureStages } from '../../../../simulations/bench/extractor/stage-times.ts'
import { measureThroughput } from '../../../../simulations/bench/extractor/throughput.ts'
import { ridges } from '../../../matcher/support/images.ts'

const grown = grownImages(2)

const promises = suite('what the bench of the extractor measures')

promises('is every stage that the extractor names, and the minutiae that it finds', () => {
  const stages: string[] = []
  const found = grown.map(({ image }) => extract(image, (stage) => stages.push(stage)).view)
  const measured = measureStages(grown, 1)
  equal([...measured.stages.keys()].toSorted(), [...new Set(stages)].toSorted())
  is(measured.minutiae, (found[0]!.minutiae.length + found[1]!.minutiae.length) / 2)
  ok(found.every(({ minutiae }) => minutiae.length > 10))
})

promises('is a number of images a second, through worker threads', async () => {
  ok((await measureThroughput(grown, { workers: 1, rounds: 1 })) > 0)
})

promises('are images from all parts of a folder, those that say their resolution', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tamga-bench-'))
  try {
    for (const [index, set] of ['a', 'b', 'c', 'd'].entries()) {
      await mkdir(join(folder, set))
      await writeFile(join(folder, set, '1.png'), writePng(ridges(60 + index, 40)))
      await writeFile(join(folder, set, '2.png'), writePng(ridges(60 + index, 50)))
      await writeFile(join(folder, set, 'notes.txt'), 'no image')
    }
    const widths = imagesBelow(folder, 4).map(({ image }) => image.width)
    equal(widths, [60, 61, 62, 63])
    is(imagesBelow(folder, 100).length, 8)
    await writeFile(join(folder, 'a', '1.pgm'), writePgm(ridges(60, 40)))
    await writeFile(join(folder, 'a', '3.png'), 'broken')
    is(imagesBelow(folder, 100).length, 8)
  } finally {
    await rm(folder, { recursive: true })
  }
})

promises.run()
