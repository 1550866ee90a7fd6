import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import type { Scored } from '../../../../simulations/bench/accuracy/error-rates.ts'
import { decades, percent, plot, type Plot } from '../../../../simulations/bench/accuracy/plot.ts'
import { binned, histogram } from '../../../../simulations/bench/accuracy/score-histogram.ts'
import { wellFormed } from '../../../support/well-formed.ts'

const promises = suite('a plot')

const AXIS = {
  label: 'a < b & c',
  scale: 'log',
  least: 1e-3,
  most: 1,
  ticks: decades(-3, 0),
  format: percent,
} as const

const PLOT: Plot = {
  title: 'Title <b> & "more"',
  caption: 'what is seen here, '.repeat(40),
  x: AXIS,
  y: { ...AXIS, scale: 'linear', least: 0, ticks: [0, 0.5, 1] },
  series: [
    {
      name: 'curve',
      colour: '#111',
      look: 'curve',
      points: [
        [0, 0.5],
        [2, 0.7],
      ],
      dashes: '2 3',
    },
    {
      name: 'steps',
      colour: '#222',
      look: 'steps',
      points: [
        [0.01, 0.1],
        [0.1, 0.9],
      ],
    },
    { name: 'circle', colour: '#333', look: 'circle', points: [[0.1, 0.1]] },
    { name: 'square', colour: '#444', look: 'square', points: [[0.1, 0.2]] },
    { name: 'triangle', colour: '#555', look: 'triangle', points: [[0.1, 0.3]] },
    { name: 'diamond', colour: '#666', look: 'diamond', points: [[0.1, 0.4]] },
    { name: 'nothing', colour: '#777', look: 'curve', points: [] },
  ],
}

promises('is well-formed, whatever it is called', () => {
  wellFormed(plot(PLOT))
  ok(plot(PLOT).includes('<title>Title &lt;b&gt; &amp; "more"</title>'))
})

promises('keeps curves inside the frame', () => {
  const svg = plot(PLOT)
  const [, left, top, width, height] =
    /<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)" fill="none"/.exec(svg)!.map(Number)
  const [curve] = [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) =>
    points!.split(' ').map((place) => place.split(',').map(Number)),
  )
  is(curve?.length, 2)
  // Zero has no place on a logarithmic axis, and 2 lies beyond the end of this one.
  is(curve?.[0]?.[0], left)
  is(curve?.[1]?.[0], left! + width!)
  for (const [, y] of curve!) ok(y! >= top! && y! <= top! + height!)
})

promises('wraps its caption and makes room for it', () => {
  const svg = plot(PLOT)
  const [, height] = /viewBox="0 0 \d+ (\d+)"/.exec(svg)!.map(Number)
  const lines = [...svg.matchAll(/<text x="\d+" y="(\d+)" fill="#444">/g)]
  ok(lines.length > 1)
  for (const [, y] of lines) ok(Number(y) < height!)
})

promises('names every series once', () => {
  const svg = plot(PLOT)
  for (const { name } of PLOT.series) is(svg.split(`>${name}</text>`).length, 2)
})

promises('writes fractions in percent', () => {
  equal(decades(-5, 0).map(percent), ['0.001 %', '0.01 %', '0.1 %', '1 %', '10 %', '100 %'])
})

promises.run()

const scores = suite('a histogram')

scores('has every score in one bin, also a negative one', () => {
  const trials: Scored[] = [-7, 0, 0, 3, 500].map((score) => ({ kind: 'genuine', score }))
  const { from, width, genuine, impostor } = binned(trials)
  is(from, -7)
  is(
    genuine.reduce((sum, count) => sum + count, 0),
    trials.length,
  )
  is(genuine[Math.floor(7 / width)], 2 + (width > 3 ? 1 : 0))
  ok(from + width * genuine.length > 500)
  ok(impostor.every((count) => count === 0))
})

scores('is well-formed, with one score and with many', () => {
  const many = Array.from({ length: 3_000 }, (_, score): Scored => ({
    kind: score % 3 === 0 ? 'genuine' : 'impostor',
    score: score * 7,
  }))
  for (const trials of [many, many.slice(0, 1)]) {
    wellFormed(histogram('Scores', trials))
  }
})

scores.run()
