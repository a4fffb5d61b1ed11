import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { FitOptions } from '../app/fit-options.ts'
import type { MistakesOptions } from '../app/mistakes.ts'
import { UserError } from '../user-error.ts'
import { VERSION } from '../version.ts'
import type { Shell } from './completion/script.ts'
import type { Interruption } from './interruption.ts'
import { type Reporter, reporter } from './reporter.ts'

/**
 * The command line. It loads each verb only when that is called, so that help is there at once; options
 * are translated, and judged by the verbs themselves.
 */
export function buildProgram(interruption: Interruption): Command {
  const program = new Command('representer')
    .description(
      "Explains a neural network's predictions by its training examples, and finds the labels that mislead it.",
    )
    .version(VERSION, '-V, --version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [verb]', 'show help for a verb')
    .showHelpAfterError('(add --help for what is expected)')
    .configureHelp({ showGlobalOptions: false })
    .exitOverride()
    .addHelpText(
      'after',
      `
Start here:
  $ representer inspect model.onnx
  $ representer fit --model model.onnx --train train-images-idx3-ubyte --out explainer
  $ representer explain explainer train/0
  $ representer suspects explainer
  $ representer mistakes explainer

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Colour follows NO_COLOR.`,
    )
  addInspect(program)
  addFit(program, interruption)
  addExplain(program, interruption)
  addSuspects(program)
  addMistakes(program)
  addDoctor(program)
  addCompletion(program)
  return program
}

function addInspect(program: Command): void {
  verb(program, 'inspect')
    .argument('<model>', 'an ONNX file')
    .description('show what a model takes and gives, its head, and every other layer that can be explained')
    .option('--expose <file>', 'write a copy of the model that gives the features and logits too')
    .addHelpText('after', example('representer inspect resnet.onnx --expose resnet-features.onnx'))
    .action(async (model: string, { expose, ...common }: Common & { expose?: string }) => {
      const { runInspect } = await import('./inspect.ts')
      await runInspect({ model, ...(expose !== undefined && { expose }) }, reporterFor(common))
    })
}

/** Values that options of fit can have. */
const CHOICES = {
  preprocess: ['imagenet'],
  filter: ['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos'],
  channels: ['rgb', 'bgr', 'grey'],
  headLayout: ['auto', 'cd', 'dc'],
  targets: ['teacher', 'labels', 'soft'],
  activation: [
    'softmax',
    'sigmoid',
    'relu',
    'tanh',
    'identity',
    'softplus',
    'leaky-relu',
    'elu',
    'hard-sigmoid',
    'clip',
  ],
  bias: ['regularised', 'free', 'none'],
  kernel: ['plain', 'centred'],
  device: ['cpu', 'webgpu', 'cuda'],
} satisfies { [K in keyof FitOptions]?: FitOptions[K][] }

/** An option with the values it can have, for help and completion; the verb itself refuses any other. */
function oneOf(flags: string, description: string, values: readonly string[]): Option {
  const option = new Option(flags, description)
  option.argChoices = [...values]
  return option
}

function addFit(program: Command, interruption: Interruption): void {
  const command = verb(program, 'fit')
    .description('fit the head and write an explainer, from a model and data or from arrays')
    .option('--out <dir>', 'directory to write (needed)')
  command
    .optionsGroup('From a model:')
    .option('--model <file>', 'ONNX model whose last layer is linear')
    .option('--layer <name>', 'explain the units of a hidden layer instead (inspect lists them)')
    .option(
      '--train <data>',
      'training examples: pictures in a folder by class, Parquet or WebDataset, arrays, or a table of numbers',
    )
    .option('--test <data>', 'test examples')
    .option('--scale <number>', 'factor for the numbers of the data (1/255 for bytes, else 1)', number)
    .option('--mean <numbers>', 'then subtracted: one number, or one a channel', numbers)
    .option('--std <numbers>', 'then divided by', numbers)
  command
    .optionsGroup(
      'Pictures in files (else as preprocessor_config.json or config.json beside the model says):',
    )
    .addOption(
      oneOf('--preprocess <name>', 'shortest edge 256, the middle 224, its mean and std', CHOICES.preprocess),
    )
    .option('--size <pixels>', 'resize: shortest edge, or HEIGHTxWIDTH (what the model takes)', pixels)
    .option('--crop <pixels>', 'then take the middle: edge, or HEIGHTxWIDTH', pixels)
    .addOption(oneOf('--filter <name>', 'how to resize (bilinear)', CHOICES.filter))
    .addOption(oneOf('--channels <order>', 'which, in which order (as the model takes)', CHOICES.channels))
    .option('--skip-bad', 'leave out pictures that cannot be read')
  command
    .optionsGroup('From arrays (.npy, .npz, .safetensors, Parquet, .csv, .jsonl):')
    .option('--features <file>', 'features of the training examples [n, d]')
    .option('--logits <file>', "the given model's logits [n, c]")
    .option('--test-features <file>', 'features of the test examples')
    .option('--test-logits <file>', 'logits of the test examples')
    .option('--head-weight <file>', 'weight of the given head')
    .option('--head-bias <file>', 'bias of the given head [c]')
    .addOption(
      oneOf(
        '--head-layout <layout>',
        'cd as in PyTorch or dc as in Keras, where logits do not tell (auto)',
        CHOICES.headLayout,
      ),
    )
  command
    .optionsGroup('Both:')
    .option('--labels <file>', 'labels of the training examples [n]: class indices, or names in a table')
    .option('--test-labels <file>', 'labels of the test examples')
    .option('--label-column <name>', 'column of labels in tables (label, labels, y, target or class)')
    .option('--id-column <name>', 'column of names in tables (id)')
    .option('--ids <file>', 'names of the training examples, one a line')
    .option('--classes <file>', 'names of the outputs, one a line (as config.json beside the model says)')
  command
    .optionsGroup('The fit:')
    .addOption(
      oneOf(
        '--targets <targets>',
        "the given model's outputs (teacher), or others (teacher where outputs are known)",
        CHOICES.targets,
      ),
    )
    .option('--soft <file>', 'soft labels of the training examples [n, c]')
    .addOption(
      oneOf(
        '--activation <name>',
        'what follows the logits, with numbers as in clip:0,6 (as in the model, else softmax)',
        CHOICES.activation,
      ),
    )
    .option('--lambda <number>', 'L2 strength, above 0 (0.003)', number)
    .addOption(
      oneOf(
        '--bias <choice>',
        "the head's (regularised, or none where the given head has none)",
        CHOICES.bias,
      ),
    )
    .addOption(
      oneOf(
        '--kernel <choice>',
        'similarity as it is, or about the mean of the features with a free bias (plain)',
        CHOICES.kernel,
      ),
    )
    .option('--gap <logits>', 'completeness gap to stop at (1e-4)', number)
    .option('--max-iterations <number>', 'end the fit after so many (2000)', number)
    .addOption(
      oneOf('--device <name>', 'what runs the network (cpu, and where the other fails)', CHOICES.device),
    )
    .option('--force', 'replace an explainer that is there')
    .addHelpText(
      'after',
      example(
        'representer fit --model mnist.onnx --train train-images-idx3-ubyte --mean 0.1307 --std 0.3081 --out explainer',
        'representer fit --features F.npy --labels y.npy --logits L.npy --out explainer',
      ),
    )
    .action(async ({ json, quiet, verbose: _, ...options }: Common & FitOptions) => {
      const { runFit } = await import('./fit.ts')
      await runFit({ ...options, signal: interruption.take() }, reporterFor({ json, quiet }), quiet ?? false)
    })
}

function addExplain(program: Command, interruption: Interruption): void {
  const command = verb(program, 'explain')
    .argument('<dir>', 'an explainer that fit wrote')
    .argument('[input...]', 'test/12 or train/12, a picture, or F.npy#12')
    .description('show the training examples that speak most for and against an output')
    .option('--output <name>', 'predicted, label, or an output by name or index (predicted)')
    .option('--contrast <A,B>', 'explain output A against output B', pair)
    .option('--k <number>', 'how many examples of each kind (10)', number)
    .option('--raw', 'arrays hold inputs of the model, not features')
    .option('--verify', 'check every checksum of the explainer first')
    .option('--html <file>', 'write a page with the pictures too')
  command
    .optionsGroup('Instead of inputs:')
    .option('--all-test', 'explain every stored test example')
    .option('--output-file <file>', 'where to: OUT.jsonl or OUT.parquet')
    .option('--force', 'replace a file that is there')
    .addHelpText(
      'after',
      example(
        'representer explain explainer test/12 --k 5',
        'representer explain explainer photo.png --html why.html',
        'representer explain explainer --all-test --output-file why.parquet',
      ),
    )
    .action(async (directory: string, inputs: string[], flags: Common & ExplainFlags) => {
      const { json, quiet, verbose: _, ...choices } = flags
      const { runExplain } = await import('./explain.ts')
      const signal = flags.allTest ? { signal: interruption.take() } : {}
      await runExplain(
        { directory, inputs, ...choices, ...signal },
        reporterFor({ json, quiet }),
        quiet ?? false,
      )
    })
}

interface ExplainFlags {
  readonly output?: string
  readonly contrast?: readonly [string, string]
  readonly k?: number
  readonly raw?: boolean
  readonly verify?: boolean
  readonly html?: string
  readonly allTest?: boolean
  readonly outputFile?: string
  readonly force?: boolean
}

function addSuspects(program: Command): void {
  verb(program, 'suspects')
    .argument('<dir>', 'an explainer that fit wrote, with labels')
    .description('rank the training examples whose labels are to be doubted')
    .addOption(
      new Option('--format <format>', 'how to print (table)').choices(['table', 'json', 'jsonl', 'csv']),
    )
    .option('--k <number>', 'how many (20 in a table, else all)', number)
    .option('--verify', 'check every checksum of the explainer first')
    .option('--html <file>', 'write a page with the pictures too')
    .addHelpText('after', example('representer suspects explainer --format csv > suspects.csv'))
    .action(
      async (directory: string, { json, quiet, verbose: _, format, ...options }: Common & SuspectsFlags) => {
        const { runSuspects } = await import('./suspects.ts')
        if (json && format !== undefined && format !== 'json') {
          throw new UserError('usage', `--json and --format ${format}: expected one of them, leave one out`)
        }
        const asJson = json || format === 'json'
        await runSuspects(
          { directory, ...options, format: asJson ? 'json' : (format ?? 'table') },
          reporterFor({ json: asJson, quiet }),
        )
      },
    )
}

interface SuspectsFlags {
  readonly format?: 'table' | 'json' | 'jsonl' | 'csv'
  readonly k?: number
  readonly verify?: boolean
  readonly html?: string
}

function addMistakes(program: Command): void {
  verb(program, 'mistakes')
    .argument('<dir>', 'an explainer that fit wrote, with labels')
    .description('count what is taken for what, and find the training examples that stand behind it')
    .addOption(
      new Option('--split <split>', 'whose mistakes (test where there are test labels, else train)').choices([
        'train',
        'test',
      ]),
    )
    .option('--cell <A,B>', 'look into the examples of true class A that are predicted B', pair)
    .option('--k <number>', 'how deep the top of each of them goes, and how many are listed (10)', number)
    .option('--verify', 'check every checksum of the explainer first')
    .addHelpText(
      'after',
      example('representer mistakes explainer', 'representer mistakes explainer --cell antelope,deer'),
    )
    .action(async (directory: string, flags: Common & Omit<MistakesOptions, 'directory'>) => {
      const { json, quiet, verbose: _, ...options } = flags
      const { runMistakes } = await import('./mistakes.ts')
      await runMistakes({ directory, ...options }, reporterFor({ json, quiet }))
    })
}

function addDoctor(program: Command): void {
  verb(program, 'doctor')
    .description('say what this machine has of what fit needs, and what to do about what it has not')
    .addHelpText('after', example('representer doctor --json > doctor.json'))
    .action(async ({ json, quiet }: Common) => {
      const { runDoctor } = await import('./doctor.ts')
      if (!(await runDoctor(reporterFor({ json, quiet })))) process.exitCode = 1
    })
}

function addCompletion(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'whose script').choices(['bash', 'zsh', 'fish'] satisfies Shell[]))
    .description('print a script that completes verbs and options in a shell')
    .addHelpText(
      'after',
      example(
        "echo 'source <(representer completion bash)' >> ~/.bashrc",
        "echo 'source <(representer completion zsh)' >> ~/.zshrc",
        'representer completion fish > ~/.config/fish/completions/representer.fish',
      ),
    )
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion/script.ts')
      reporterFor({}).text(completionScript(program, shell))
    })
}

interface Common {
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
  readonly verbose?: boolean
}

/** A verb with the options that all of them have. */
function verb(program: Command, name: string): Command {
  return program
    .command(name)
    .option('--json', 'write one JSON document to stdout and nothing else')
    .option('--quiet', 'no progress and no notes')
    .option('--verbose', 'show where an error came from')
}

function reporterFor({ json = false, quiet = false }: Common): Reporter {
  return reporter({ json, quiet })
}

function example(...commands: string[]): string {
  return `\nExample:\n${commands.map(command => `  $ ${command}`).join('\n')}`
}

function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isNaN(value)) throw new InvalidArgumentError('expected a number')
  return value
}

/** 224, or 224x160: height and width. */
function pixels(text: string): number | [number, number] {
  const [, height, width] = /^(\d+)(?:x(\d+))?$/.exec(text.trim()) ?? []
  if (height === undefined) throw new InvalidArgumentError('expected pixels, such as 224 or 224x160')
  return width === undefined ? Number(height) : [Number(height), Number(width)]
}

const numbers = (text: string): number[] => text.split(',').map(number)

/** Names may hold commas, but then they cannot be told apart here: indices can. */
function pair(text: string): [string, string] {
  const names = text.split(',')
  if (names.length !== 2) throw new InvalidArgumentError('expected two outputs, A,B')
  return [names[0].trim(), names[1].trim()]
}
