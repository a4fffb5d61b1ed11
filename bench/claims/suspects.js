// A study: how well mislabel scores find wrong labels, over data and noise.

import { averagePrecision, MislabelScorer, openRuntime, rocAuc, SCORE_NAMES } from '../frame/library.js'
import { row as tableRow } from '../frame/row.js'
import { dataSets, NOISES, noisyLabels } from '../suspects/data.js'
import { crossValidatedHead, teacherHead } from '../suspects/heads.js'

const [N, QUICK_N] = [10_000, 500]

export async function measure(setting) {
  const { quick, say } = setting
  const rows = []
  const noises = quick ? NOISES.slice(1, 2) : NOISES
  for (const data of await dataSets(setting, quick ? QUICK_N : N)) {
    for (const noise of noises) {
      say(`${data.name}, ${noise.name}`)
      rows.push(...(await measureSet(data, noise)))
    }
  }
  return rows
}

async function measureSet(data, noise) {
  const runtime = openRuntime()
  const { labels, isWrong } = noisyLabels(data.labels, noise)
  const { features, logits, fitted = null } = await data.make(labels)
  const source = await crossValidatedHead(features, labels)
  const { lambda } = source.problem
  const teacher = logits && (await teacherHead(features, logits, lambda))
  const given = { ...source, ...(teacher && { teacher }) }
  const scorer = new MislabelScorer(runtime, given)
  const rows = []
  for (const { score, name, theta } of looks(teacher)) {
    const by = theta ? new MislabelScorer(runtime, { ...given, theta }) : scorer
    const { suspicion, seconds } = await by.score(name)
    const [auc, precision] = [rocAuc(suspicion, isWrong), averagePrecision(suspicion, isWrong)]
    const cell = { data: data.name, noise: noise.name, score, n: labels.length, lambda, fitted }
    rows.push({
      ...tableRow({
        what: `${data.name}, ${noise.name}: ${score}`,
        unit: 'area',
        ours: auc,
        peer: null,
        ratio: null,
      }),
      cell: { ...cell, auc, precision, seconds },
    })
  }
  return rows
}

/** The scores, and of a given model what its own fit says against the labels. */
function looks(teacher) {
  const own = SCORE_NAMES.filter(name => teacher || name !== 'alpha-teacher')
  const { theta } = teacher ?? {}
  return [
    ...own.map(name => ({ score: name, name })),
    ...(teacher
      ? [
          { score: 'loss of the teacher’s fit', name: 'loss', theta },
          { score: 'margin of the teacher’s fit', name: 'margin', theta },
        ]
      : []),
  ]
}
