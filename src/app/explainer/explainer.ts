import { type Matrix, rowOf } from '../../math/matrix.ts'
import type { RowLookup } from '../../math/row-lookup.ts'
import type { Rows } from '../../math/rows.ts'
import { type ClassSum, type Decomposition, HeadExplainer } from '../../method/explain/explain.ts'
import { explainMany, type Questions } from '../../method/explain/explain-many.ts'
import type { Contribution, Explained } from '../../method/explain/search.ts'
import { type Decide, decisionOf } from '../../method/head/task.ts'
import { mostSuspect, type RankedSuspicion } from '../../method/scores/ranked.ts'
import type { Suspicions } from '../../method/scores/suspicion.ts'
import type { Manifest } from '../../store/manifest.ts'
import type { ExplainerReader } from '../../store/read.node.ts'
import { UserError } from '../../user-error.ts'
import { type ChosenOutput, chooseOutput } from './chosen-output.ts'
import { expectNetwork } from './expect-network.ts'
import { expectNumbers, resolveK } from './expect-query.ts'
import type { ClassPart, Entry, ExplainChoices, Explanation, Query } from './explanation.ts'
import { type Examples, readRows, type StoredFit } from './files.node.ts'
import { GivenLogits } from './given-head.ts'
import { type HeadGradient, headGradient } from './head-gradient.ts'
import { defaultScoreOf, LabelScores, type Scoring } from './label-scores.ts'
import { Names } from './names.ts'
import type { ExplainerNetwork, InputKind, NetworkFile, NetworkInput } from './network.ts'
import { openScan } from './scan-source.ts'
import { type SplitName, StoredSplits } from './stored-splits.ts'

export interface ManyOptions {
  /** Stops before the next explanation, and while examples are read for it. */
  readonly signal?: AbortSignal | undefined
  /** What is known of query i beside its features. */
  readonly queryOf?: (i: number) => Query
}

/** A fitted head with its training examples. Explains one query after another, at once. */
export class Explainer {
  readonly manifest: Manifest
  /** The training examples */
  readonly examples: Examples
  /** What classes and outputs are called */
  readonly names: Names
  readonly #reader: ExplainerReader
  readonly #features: RowLookup
  readonly #alpha: RowLookup
  /** Labels of the training examples that are numbers [n, c] */
  readonly #values: RowLookup | null
  readonly #head: HeadExplainer
  readonly #given: GivenLogits | null
  readonly #decide: Decide
  /** What the sums by class are made over, by name. */
  readonly #groupNames: readonly string[]
  /** The features of the query that is being explained [d]. */
  readonly #asked: Float64Array
  #network: Promise<ExplainerNetwork> | undefined
  #scores: LabelScores | undefined
  readonly #splits: StoredSplits

  /** @internal Use `openExplainer`. */
  constructor(reader: ExplainerReader, { features, fit, examples, values, others, packed }: Opened) {
    this.manifest = reader.manifest
    this.examples = examples
    this.#reader = reader
    this.#features = features
    this.#alpha = fit.alpha
    this.#values = values
    this.#splits = new StoredSplits(reader, { features, values, examples }, others)
    this.names = new Names(this.manifest)
    this.#decide = decisionOf(this.manifest.task)
    this.#given = fit.given && new GivenLogits(fit.given)
    const { groups, groupCount, d } = this.manifest
    this.#asked = new Float64Array(d)
    this.#groupNames = Array.from({ length: groupCount }, (_, index) =>
      groups === 'label' ? this.names.class(index) : this.names.prediction(index),
    )
    this.#head = new HeadExplainer({
      ...fit,
      features,
      packed,
      classes: this.manifest.groups === 'label' && examples.labels ? examples.labels : examples.predicted,
      classCount: this.manifest.groupCount,
    })
  }

  get directory(): string {
    return this.#reader.directory
  }

  /**
   * Explains one feature vector [d], synchronously. Errors: UserError on a wrong length, on numbers that are
   * not finite, and on outputs that do not exist.
   */
  explain(features: ArrayLike<number>, choices: ExplainChoices = {}, query: Query = {}): Explanation {
    const asked = this.#ask(features, choices, query, this.#asked)
    return this.#explanation(asked, this.#head.decompose(asked.explained, resolveK(choices.k)))
  }

  /**
   * Explains one feature vector [d] by the training examples of one class of the sums by class, every one of
   * which is looked at; `covered` is then a share of that class's sum.
   */
  explainWithin(
    group: number,
    features: ArrayLike<number>,
    choices: ExplainChoices = {},
    query: Query = {},
  ): Explanation {
    const { groupCount } = this.manifest
    if (!(Number.isInteger(group) && group >= 0 && group < groupCount)) {
      throw new UserError('not-found', `class not found: ${group}, expected 0 to ${groupCount - 1}`)
    }
    const asked = this.#ask(features, choices, query, this.#asked)
    return this.#explanation(asked, this.#head.decomposeWithin(group, asked.explained, resolveK(choices.k)))
  }

  /** Logits of a feature vector [d]: the given model's where its head is known, else the fitted head's [c]. */
  logitsOf(features: ArrayLike<number>): Float64Array {
    return (this.#given?.logits(Float64Array.from(features)) ?? this.#head.logits(features)).slice()
  }

  /**
   * Runs the network on one input and explains what it said. Bytes are pixels as the training pictures had
   * them and are pre-processed as those were; a Float32Array is the network's ready input. Errors: UserError
   * on a wrong length, and on bytes where the training data were other numbers.
   */
  async explainInput(
    pixels: NetworkInput,
    choices: ExplainChoices = {},
    query: Query = {},
  ): Promise<Explanation> {
    const kind = pixels instanceof Float32Array ? 'ready' : 'as-training'
    const { features, logits } = await this.runNetwork(pixels, query.input ?? 'input', kind)
    return this.explain(features, choices, { givenLogits: logits, ...query })
  }

  /** Explains a training or test example that is stored. */
  async explainStored(split: SplitName, row: number, choices: ExplainChoices = {}): Promise<Explanation> {
    const { features, query } = await this.stored(split, row)
    return this.explain(features, choices, query)
  }

  /** Features [d] of a training or test example, and what is known of it beside them. */
  async stored(split: SplitName, row: number): Promise<{ features: Float32Array; query: Query }> {
    const stored = await this.#splits.of(split)
    return { features: stored.featuresOf(row), query: stored.queryOf(row) }
  }

  /**
   * Explains many feature vectors [m, d], in order, each as `explain` does. Where lists of bounds rule out too
   * little, one pass over the training examples answers a thousand of them at once; `read` is then all of them.
   *
   * @example
   * for await (const { excitatory } of explainer.explainMany(rows, { k: 5 })) …
   */
  explainMany(
    features: Matrix | readonly ArrayLike<number>[],
    choices: ExplainChoices = {},
    { signal, queryOf = () => ({}) }: ManyOptions = {},
  ): AsyncGenerator<Explanation> {
    const [count, rowAt] =
      'cols' in features
        ? [features.rows, (i: number) => rowOf(features, i)]
        : [features.length, (i: number) => features[i]]
    const at = (i: number): Asked =>
      this.#ask(
        rowAt(i),
        choices,
        { input: `features#${i}`, ...queryOf(i) },
        new Float64Array(this.manifest.d),
      )
    return this.#many({ count, at }, choices, signal)
  }

  /** Explains every example of a split that is stored, in order, as `explainMany` does. */
  async *explainAll(
    split: SplitName,
    choices: ExplainChoices = {},
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<Explanation> {
    const stored = await this.#splits.of(split)
    const at = (i: number): Asked =>
      this.#ask(stored.featuresOf(i), choices, stored.queryOf(i), new Float64Array(this.manifest.d))
    yield* this.#many({ count: stored.count, at }, choices, signal)
  }

  /** Features and logits of one input, by the network in front of the head, loaded when first needed. */
  async runNetwork(
    input: NetworkInput,
    name: string,
    kind: InputKind,
  ): Promise<{ features: Float32Array; logits: Float32Array }> {
    return (await this.#loadedNetwork()).run(input, name, kind)
  }

  /** The network in front of the head as it is stored. Errors: UserError without a network. */
  async networkFile(): Promise<NetworkFile> {
    const { readNetworkFile } = await import('./network.ts')
    return readNetworkFile(this.#reader)
  }

  /** By how much the explained logit changes with the features [d]. */
  gradientOf(chosen: ChosenOutput): HeadGradient {
    return headGradient(this.#head.head, this.#given?.weight ?? null, chosen)
  }

  /** Sizes of one input as the training data had it, such as [28, 28]. Errors: UserError without a network. */
  get inputShape(): readonly number[] {
    return expectNetwork(this.manifest, this.directory).itemShape
  }

  /** Whether the training data were numbers of this type. */
  trainedOn(dtype: string): boolean {
    return this.manifest.network?.dtype === dtype
  }

  /** Whether labels of the training examples are numbers, yes or no for each output or what a regression is to give. */
  get hasLabelValues(): boolean {
    return this.#values !== null
  }

  /** The label of a training example at an output, where labels are numbers; else null. */
  labelValue(row: number, output: number): number | null {
    return this.#values === null ? null : this.#values.data[this.#values.locate(row) + output]
  }

  /** Logits of a stored example: the given model's, where they are known, and the fitted head's [c]. */
  async storedLogits(
    split: 'train' | 'test',
    row: number,
  ): Promise<{ given: ArrayLike<number> | null; fitted: Float64Array }> {
    const stored = await this.#splits.of(split)
    return { given: stored.logitsOf(row), fitted: this.#head.logits(stored.featuresOf(row)).slice() }
  }

  /** α of the explained fit [n, c], read from its file. */
  alphaRows(): Promise<Rows> {
    const { n, c } = this.manifest
    return readRows(this.#reader, 'alpha.npy', [n, c], ['float32'])
  }

  /** Ids, labels and predictions of a split. */
  async examplesOf(split: 'train' | 'test'): Promise<Examples> {
    return (await this.#splits.of(split)).examples
  }

  /** How much the label of each training example is to be doubted, scored once; see `LabelScores.by`. */
  suspicions({ score = defaultScoreOf(this.manifest), onProgress }: Scoring = {}): Promise<Suspicions> {
    this.#scores ??= new LabelScores(this.#reader, this.examples.labels)
    return this.#scores.by(score, onProgress)
  }

  /** Training examples by suspicion, the worst first. Errors: as `suspicions`. */
  async rankSuspects(k: number, scoring: Scoring = {}): Promise<RankedSuspicion[]> {
    return mostSuspect(await this.suspicions(scoring), k)
  }

  /** Frees the network, and files that rows are read from. The explainer still explains feature vectors. */
  async close(): Promise<void> {
    for (const rows of [this.#features, this.#alpha, this.#values]) rows?.close()
    await this.#splits.close()
    const network = await this.#network
    this.#network = undefined
    await network?.release()
  }

  /**
   * Asks the head for the logits of a query, and works out which output is explained.
   *
   * @param into takes the features [d]
   */
  #ask(features: ArrayLike<number>, choices: ExplainChoices, query: Query, into: Float64Array): Asked {
    const { input = 'features', label = null } = query
    const { c, d, classCount } = this.manifest
    expectNumbers(features, d, input, 'features')
    for (let a = 0; a < d; a++) into[a] = features[a]
    if (query.givenLogits) expectNumbers(query.givenLogits, c, input, 'given logits')
    if (label !== null && !(Number.isInteger(label) && label >= 0 && label < classCount)) {
      throw new UserError('value', `${input}: label ${label}, expected 0 to ${classCount - 1}`)
    }
    const given = query.givenLogits ?? this.#given?.logits(into) ?? null
    const fitted = this.#head.logits(into)
    const { names, manifest } = this
    const logits = given ?? fitted
    const { output, contrast } = chooseOutput(choices, { names, manifest, logits, label, input })
    return {
      features: into,
      explained: contrast === null ? { output } : { contrast: [output, contrast] },
      output,
      contrast,
      input,
      label,
      labelValue: contrast === null ? (query.labelValues?.[output] ?? null) : null,
      givenLogit: given && given[output] - (contrast === null ? 0 : given[contrast]),
      predicted: this.#decide(logits),
      fittedPrediction: this.#decide(fitted),
    }
  }

  #explanation(asked: Asked, found: Decomposition): Explanation {
    const { output, contrast } = asked
    return {
      input: asked.input,
      output,
      contrast,
      label: asked.label,
      labelValue: asked.labelValue,
      predicted: asked.predicted,
      givenLogit: asked.givenLogit,
      logit: found.logit,
      bias: found.bias,
      fittedPrediction: asked.fittedPrediction,
      covered: found.covered,
      byClass: this.#parts(found.byClass),
      completenessGap: found.completenessGap,
      read: found.read,
      excitatory: this.#entries(found.excitatory, contrast === null ? output : null),
      inhibitory: this.#entries(found.inhibitory, contrast === null ? output : null),
    }
  }

  async *#many(
    questions: Questions<Asked>,
    choices: ExplainChoices,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Explanation> {
    const k = resolveK(choices.k)
    const source = () => openScan(this.#reader, this.#features, this.#alpha)
    for await (const { question, decomposition } of explainMany(this.#head, questions, k, {
      source,
      signal,
    })) {
      yield this.#explanation(question, decomposition)
    }
  }

  #loadedNetwork(): Promise<ExplainerNetwork> {
    this.#network ??= loadNetwork(this.#reader).catch(error => {
      // The next call tries again.
      this.#network = undefined
      throw error
    })
    return this.#network
  }

  #parts(sums: readonly ClassSum[]): ClassPart[] {
    const parts = new Array<ClassPart>(sums.length)
    for (let y = 0; y < sums.length; y++) {
      parts[y] = { class: y, name: this.#groupNames[y], value: sums[y].value }
    }
    return parts
  }

  /** @param output whose label is told; null for a contrast */
  #entries(contributions: readonly Contribution[], output: number | null): Entry[] {
    const { ids, labels, predicted } = this.examples
    const entries = new Array<Entry>(contributions.length)
    for (let i = 0; i < contributions.length; i++) {
      const { row, value, alpha, similarity } = contributions[i]
      entries[i] = {
        row,
        id: ids.at(row),
        label: labels === null ? null : labels[row],
        labelValue: output === null ? null : this.labelValue(row, output),
        predicted: predicted[row],
        value,
        alpha,
        similarity,
      }
    }
    return entries
  }
}

/** A query with what it asks for, and what its explanation says before anything is looked for. */
interface Asked extends ChosenOutput, Pick<Explanation, KnownBefore> {
  readonly features: Float64Array
  readonly explained: Explained
}

type KnownBefore = 'input' | 'label' | 'labelValue' | 'givenLogit' | 'predicted' | 'fittedPrediction'

/** ONNX Runtime is for those who have inputs of the network. */
async function loadNetwork(reader: ExplainerReader): Promise<ExplainerNetwork> {
  const [{ ExplainerNetwork }, { openRuntime }] = await Promise.all([
    import('./network.ts'),
    import('../machine/runtime.ts'),
  ])
  return ExplainerNetwork.load(reader, openRuntime())
}

/** What is read when an explainer is opened. */
export interface Opened {
  readonly features: RowLookup
  readonly fit: StoredFit
  readonly examples: Examples
  readonly values: RowLookup | null
  readonly others: number | null
  readonly packed: number
}
