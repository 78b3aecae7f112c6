/// How the page about a run looks: on a phone, on paper, by day and by night.
enum RunPageStyle {
  static let head: StaticString = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <meta name="referrer" content="no-referrer">

    """

  static let style: StaticString = """

    <style>
    :root { color-scheme: light dark; --text: #1c1f24; --dim: #5b6472; --back: #ffffff; --raised: #f5f6f8; --line: #dde1e7;
      --accent: #2f5fb3; --good: #1d7a3e; --bad: #b3261e; }
    @media (prefers-color-scheme: dark) { :root { --text: #e4e7ec; --dim: #9aa4b2; --back: #14171c; --raised: #1d2128;
      --line: #323843; --accent: #8ab0f5; --good: #6fcf8f; --bad: #ff8a80; } }
    *, ::before { box-sizing: border-box; }
    body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
    main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
    h1 { font: 600 1.25rem/1.3 ui-monospace, monospace; margin: 0 0 .75rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
    h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
    p { margin: 0; }
    ul, ol { list-style: none; margin: 0; padding: 0; }
    .kind, .note, .none, .meta, .who, time, .name { color: var(--dim); }
    .note { margin-bottom: .75rem; font-size: .9rem; }
    .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .5rem 1.5rem; }
    .facts li { min-width: 0; }
    .name { display: block; font-size: .8rem; }
    .value { overflow-wrap: anywhere; }
    .verdicts li { padding: .5rem .75rem; margin-bottom: .5rem; background: var(--raised); border-left: 4px solid var(--bad);
      overflow-wrap: anywhere; }
    .verdicts li.right { border-color: var(--good); }
    .verdicts b { margin-right: .5rem; color: var(--bad); }
    .verdicts .right b { color: var(--good); }
    .timeline { border-left: 2px solid var(--line); margin-left: .5rem; }
    .timeline li { position: relative; padding: 0 0 1.1rem 1.25rem; overflow-wrap: anywhere; }
    .timeline li::before { content: ""; position: absolute; left: -7px; top: .4rem; width: 12px; height: 12px;
      border-radius: 50%; background: var(--back); border: 3px solid var(--accent); }
    .timeline .good::before { border-color: var(--good); }
    .timeline .bad::before { border-color: var(--bad); }
    .timeline .gap::before { border-color: var(--line); }
    .timeline .bad b { color: var(--bad); }
    .line { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; }
    .line time { margin-left: auto; font-size: .85rem; font-variant-numeric: tabular-nums; }
    @media (max-width: 36rem) { .line time { margin-left: 0; width: 100%; } }
    .seq { color: var(--dim); min-width: 1.5rem; font-variant-numeric: tabular-nums; }
    .summary { margin-top: .1rem; }
    details { margin-top: .35rem; }
    summary { cursor: pointer; color: var(--accent); font-size: .9rem; }
    pre { margin: .5rem 0 0; padding: .75rem; background: var(--raised); border: 1px solid var(--line); border-radius: 6px;
      overflow-x: auto; font: .82rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
    article { padding: .75rem; margin-bottom: .75rem; border: 1px solid var(--line); border-radius: 6px; }
    .hash, .digest .value { font: .8rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
    p.right { color: var(--good); font-size: .9rem; }
    p.wrong { color: var(--bad); font-size: .9rem; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; min-width: 34rem; }
    th { text-align: left; font-size: .8rem; font-weight: 500; color: var(--dim); }
    th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    td.number { font-variant-numeric: tabular-nums; }
    @media print { details::details-content { content-visibility: visible; } body { font-size: 11px; } }
    </style>

    """
}
