import { largestOver } from '../../method/fit/certificate.ts'
import { stationarityAt } from '../../method/fit/completeness.ts'
import { accuracy, compareWithGiven } from '../../method/fit/fidelity.ts'
import type { LadderFit } from '../../method/fit/lambda-ladder.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { PathPoint, PathSplit } from '../../views/evaluation-view.ts'
import type { Setting, Split } from './setting.ts'

/** How close the head at one λ comes to the given model, over both splits, and how exact its values are. */
export async function pathPoint(
  runtime: Runtime,
  { reader, problem, solution, train, test }: Setting,
  { lambda, theta, status, seconds }: LadderFit,
): Promise<PathPoint> {
  const { activation } = problem
  const { kernel } = solution
  const { residual, biasGap } = await stationarityAt(runtime, { ...problem, lambda }, theta, kernel)
  const over = async ({ features, logits, labels }: Split): Promise<PathSplit> => {
    const head = { features, theta, residual, kernel, activation, task: reader.manifest.task }
    const { fidelity, predictions } = await compareWithGiven(runtime, head, logits)
    return {
      pearson: fidelity?.pearson ?? null,
      meanAbsoluteDifference: fidelity?.meanAbsoluteDifference ?? null,
      argmaxAgreement: fidelity?.argmaxAgreement ?? null,
      accuracy: labels && accuracy(predictions, labels),
    }
  }
  return {
    lambda,
    isStored: lambda === problem.lambda,
    status,
    completenessGap: Math.max(biasGap, await largestOver(runtime, problem.features, kernel, residual)),
    train: await over(train),
    test: test && (await over(test)),
    seconds,
  }
}
