import type { CorrectionsFormat } from './export-corrections.ts'

/** How pandas reads each format with ids and labels as they stand: a class may be called `NA` or `007`. */
const READERS: { readonly [F in CorrectionsFormat]: (file: string) => string } = {
  csv: file => `pd.read_csv(${file}, dtype=str, keep_default_na=False)`,
  jsonl: file => `pd.read_json(${file}, lines=True, dtype=False, convert_dates=False)`,
  parquet: file => `pd.read_parquet(${file})`,
}

/**
 * Lines of Python that carry out exported corrections in a DataFrame `table`: with columns `id` and `label`, or,
 * where each output has a label, `id` and a column of each output's name.
 */
export function pandasLines(format: CorrectionsFormat, file: string, hasOutputs: boolean): string {
  const relabelled = "fixes[fixes['action'] == 'relabel']"
  return [
    'import pandas as pd',
    `fixes = ${READERS[format](JSON.stringify(file))}`,
    "ids = table['id'].astype(str)",
    ...(hasOutputs
      ? [
          `for fix in ${relabelled}.itertuples():`,
          '    table.loc[ids == fix.id, fix.output] = float(fix.new_label)',
        ]
      : [
          `new = ids.map(${relabelled}.set_index('id')['new_label'])`,
          "table['label'] = table['label'].astype(object).mask(new.notna(), new).astype(table['label'].dtype)",
        ]),
    "table = table[~ids.isin(fixes['id'][fixes['action'] == 'exclude'])]",
    '',
  ].join('\n')
}
