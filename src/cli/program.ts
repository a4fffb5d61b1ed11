import { Argument, Command, Option } from 'commander'
import type { MistakesOptions } from '../app/mistakes.ts'
import type { ReportOptions } from '../app/report.ts'
import { DEFAULT_SCORE, SCORE_NAMES, type ScoreName } from '../app/suspects/score-names.ts'
import { UserError } from '../user-error.ts'
import { VERSION } from '../version.ts'
import { addCompare } from './compare-command.ts'
import type { Shell } from './completion/script.ts'
import { addEvaluate } from './evaluate-command.ts'
import { addFit } from './fit-command.ts'
import type { Interruption } from './interruption.ts'
import { further, number, numberOrAuto, pair } from './option-values.ts'
import { addSensitivity } from './sensitivity-command.ts'
import { type Common, example, reporterFor, verb } from './verb.ts'

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
  $ representer relabel explainer corrections.csv

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Colour follows NO_COLOR.`,
    )
  addInspect(program)
  addFit(program, interruption)
  addExplain(program, interruption)
  addSuspects(program)
  addMistakes(program)
  addSensitivity(program)
  addCompare(program, interruption)
  addEvaluate(program, interruption)
  addServe(program, interruption)
  addReport(program, interruption)
  addRelabel(program, interruption)
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
    .addOption(memory())
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
  readonly memory?: string
  readonly html?: string
  readonly allTest?: boolean
  readonly outputFile?: string
  readonly force?: boolean
}

/** Of an explainer that is opened. */
function memory(): Option {
  return new Option(
    '--memory <size>',
    'hold no more of the explainer than this, such as 2GiB; read the rest from disk',
  )
}

function addSuspects(program: Command): void {
  verb(program, 'suspects')
    .argument('<dir>', 'an explainer that fit wrote, with labels')
    .description('rank the training examples whose labels are to be doubted')
    .addOption(
      new Option('--format <format>', 'how to print (table)').choices(['table', 'json', 'jsonl', 'csv']),
    )
    .option('--k <number>', 'how many (20 in a table, else all)', number)
    .addOption(new Option('--score <name>', `by what (${DEFAULT_SCORE})`).choices(SCORE_NAMES))
    .option('--verify', 'check every checksum of the explainer first')
    .addOption(memory())
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
          quiet ?? false,
        )
      },
    )
}

interface SuspectsFlags {
  readonly format?: 'table' | 'json' | 'jsonl' | 'csv'
  readonly k?: number
  readonly score?: ScoreName
  readonly verify?: boolean
  readonly memory?: string
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
    .addOption(memory())
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

function addRelabel(program: Command, interruption: Interruption): void {
  verb(program, 'relabel')
    .argument('<dir>', 'an explainer that fit wrote, with labels')
    .argument('[file]', 'corrections as CSV, JSON lines or Parquet (the decisions reviewed in the explainer)')
    .description('write a new explainer with corrected labels, without the examples that are excluded')
    .option('--out <dir>', 'directory to write (DIR-corrected)')
    .option('--force', 'replace an explainer that is there')
    .option(
      '--memory <size>',
      'to take at most, such as 2GiB; more is read from disk (60 % of what there is)',
    )
    .addHelpText(
      'after',
      example(
        'representer relabel explainer corrections.csv',
        'representer relabel explainer --out explainer-2',
      ),
    )
    .action(async (directory: string, corrections: string | undefined, flags: Common & RelabelFlags) => {
      const { json, quiet, verbose: _, ...options } = flags
      const { runRelabel } = await import('./relabel.ts')
      await runRelabel(
        {
          directory,
          ...(corrections !== undefined && { corrections }),
          ...options,
          signal: interruption.take(),
        },
        reporterFor({ json, quiet }),
        quiet ?? false,
      )
    })
}

interface RelabelFlags {
  readonly out?: string
  readonly force?: boolean
  readonly memory?: string
}

function addServe(program: Command, interruption: Interruption): void {
  verb(program, 'serve')
    .argument('<dir>', 'an explainer that fit wrote')
    .description('open the web application, and answer programs over HTTP, on this machine alone unless told')
    .option('--port <number>', 'where to listen (7411), or auto for one that is free', numberOrAuto)
    .option('--host <address>', 'an address of this machine that others reach; needs a token (127.0.0.1)')
    .option('--open', 'open the browser')
    .option('--no-open', 'open no browser (so unless told)')
    .option('--token <token>', 'what programs send as a bearer token; better given as REPRESENTER_TOKEN')
    .option('--no-token', 'let everybody on this machine in')
    .option(
      '--allowed-host <name>',
      'a further name to be asked by, behind a proxy; may be given again',
      further,
    )
    .option(
      '--allow-embed <origin>',
      'a site that may show the pages in a frame, such as http://localhost:8888',
    )
    .addOption(root())
    .addOption(memory())
    .addHelpText(
      'after',
      example('representer serve explainer --open', 'representer serve explainer --port auto --json'),
    )
    .action(async (directory: string, flags: Common & ServeFlags) => {
      const {
        json = false,
        quiet = false,
        open = false,
        token = true,
        port,
        host,
        memory,
        allowEmbed,
      } = flags
      const given = token === true ? process.env.REPRESENTER_TOKEN : token
      const { runServe } = await import('./serve.ts')
      await runServe(
        {
          directory,
          ...(flags.allowedHost && { allowedHosts: flags.allowedHost }),
          ...(flags.root && { roots: flags.root }),
          open,
          json,
          quiet,
          ...(port !== undefined && { port }),
          ...(host !== undefined && { host }),
          ...(memory !== undefined && { memory }),
          ...(allowEmbed !== undefined && { embed: allowEmbed }),
          ...(given === false ? { token: null } : given ? { token: given } : {}),
        },
        reporterFor({ json, quiet }),
        interruption.take(),
      )
    })
}

interface ServeFlags {
  readonly port?: number | 'auto'
  readonly host?: string
  readonly open?: boolean
  /** true where nothing was said of it */
  readonly token?: string | boolean
  readonly allowedHost?: readonly string[]
  readonly root?: readonly string[]
  readonly allowEmbed?: string
  readonly memory?: string
}

/** Folders that pictures have to be in; none given: anywhere. */
const root = (): Option =>
  new Option('--root <dir>', 'show pictures of this folder alone; may be given again').argParser(further)

function addReport(program: Command, interruption: Interruption): void {
  verb(program, 'report')
    .argument('<dir>', 'an explainer that fit wrote')
    .argument(
      '[input...]',
      'examples to explain, as test/12 (some of each kind of mistake, and some that are right)',
    )
    .description('write a folder of pages that a browser opens without a server')
    .requiredOption('--out <dir>', 'the folder to write')
    .option('--k <number>', 'how many examples of each kind (8)', number)
    .option('--suspects <number>', 'how many suspects (100)', number)
    .option('--cells <number>', 'how many kinds of mistakes are looked into (12)', number)
    .option('--title <text>', 'what the page is called')
    .option('--force', 'replace a report that is there')
    .option('--verify', 'check every checksum of the explainer first')
    .addOption(root())
    .addOption(memory())
    .addHelpText(
      'after',
      example(
        'representer report explainer --out report',
        'representer report explainer test/62 test/149 --out report',
      ),
    )
    .action(
      async (
        directory: string,
        inputs: string[],
        flags: Common & Omit<ReportOptions, 'directory' | 'inputs' | 'roots'> & { root?: readonly string[] },
      ) => {
        const { json, quiet, verbose: _, root, ...options } = flags
        const { runReport } = await import('./report.ts')
        await runReport(
          {
            directory,
            ...options,
            ...(root && { roots: root }),
            ...(inputs.length > 0 && { inputs }),
            signal: interruption.take(),
          },
          reporterFor({ json, quiet }),
          quiet ?? false,
        )
      },
    )
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
