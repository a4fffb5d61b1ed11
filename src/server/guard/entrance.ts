import { html } from '../../views/html.ts'
import { page } from '../../views/page.ts'

/** What a person sees who is not let in, with how to get in. */
export function entrancePage(found: string): string {
  return page({
    title: 'representer: a fresh link is needed',
    body: html`<h1>A fresh link is needed</h1>
<p class="lead">This page is for whoever started the server: ${found}.</p>
<p>Press Enter in the terminal where <code>representer serve</code> runs, and open the link that it prints. Each link
lets one browser in, once.</p>
<p>A program sends the token of <code>--token</code> or <code>REPRESENTER_TOKEN</code> as
<code>Authorization: Bearer …</code>.</p>`,
  })
}
