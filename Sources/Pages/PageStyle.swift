/// The style of every page: of the dashboard, and of reports, which contain it.
///
/// Colors have a contrast of at least 4.5 to 1 with what they stand on (WCAG 2.2, success criterion 1.4.3). No meaning is
/// told by color alone: states also have a word and a shape.
public enum PageStyle {
    public static let css: StaticString = """
        :root{color-scheme:light dark;--page:#f4f5f8;--card:#fff;--sunk:#f0f2f6;--ink:#141a24;--quiet:#556073;\
        --line:#dfe3ea;--link:#2450c8;--soft:#e9effd;--on-link:#fff;--critical:#9c1038;--high:#b8321a;--medium:#855300;\
        --low:#14628f;--informational:#566072;--fail:#b42318;--fail-soft:#fdebe8;--pass:#1a7443;--pass-soft:#e4f4ea;\
        --warn:#fff5dd;--warn-line:#d9a93a;--band:#d8eadf;--spark:#2450c8;--shadow:0 1px 2px rgb(16 24 40/.05)}
        @media (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#151b24;--sunk:#1b222d;--ink:#e6eaf1;--quiet:#9da8b9;\
        --line:#29313d;--link:#8fb0ff;--soft:#1a2642;--on-link:#0d1117;--critical:#ff8aa7;--high:#ff9d82;--medium:#edbc5c;\
        --low:#7cc4ec;--informational:#a8b2c1;--fail:#ff988a;--fail-soft:#3a1a17;--pass:#6fce98;--pass-soft:#12301f;\
        --warn:#2f2611;--warn-line:#8a6a1f;--band:#1d3a2a;--spark:#8fb0ff;--shadow:none}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:1360px;padding:24px 16px 48px;background:var(--page);color:var(--ink);\
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;overflow-wrap:break-word}
        h1{font-size:1.65rem;line-height:1.2;margin:0 0 4px;letter-spacing:-.015em}
        h2{font-size:1.1rem;line-height:1.3;margin:0;letter-spacing:-.005em}h3{font-size:1rem;margin:0}
        section>h2{margin:26px 0 10px}section.note>h2{margin:0}section>h3{margin:18px 0 4px}
        p{margin:6px 0}a{color:var(--link);text-underline-offset:2px}.quiet{color:var(--quiet)}.strong{font-weight:650}
        code,.code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace}
        code,dd,summary,a{overflow-wrap:anywhere}
        :is(summary,a,button,input,select,textarea,[tabindex]):focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
        .critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}
        .informational{color:var(--informational)}.fail,.gone{color:var(--fail)}.unknown,.manual{color:var(--medium)}\
        .pass{color:var(--pass)}.muted,.notApplicable,.gone,.none{color:var(--informational)}
        .badge{display:inline-block;border:1px solid currentColor;border-radius:999px;padding:0 9px;font-size:.76rem;line-height:1.55;\
        font-weight:620;letter-spacing:.015em;white-space:nowrap}
        .badge::first-letter{text-transform:uppercase}
        .tiles{display:flex;flex-wrap:wrap;gap:10px;margin:18px 0;padding:0;list-style:none}
        .tiles li{flex:1 1 120px;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 16px;\
        border-left:5px solid currentColor;box-shadow:var(--shadow)}
        .tiles strong{display:block;font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums}
        .note{background:var(--warn);border:1px solid var(--warn-line);border-radius:10px;padding:10px 16px;margin:12px 0}
        .note ul{margin:6px 0;padding-left:20px}
        details.rule,article.rule{background:var(--card);border:1px solid var(--line);border-radius:10px;box-shadow:var(--shadow)}
        details.rule{margin:8px 0;padding:2px 14px}article.rule{margin:12px 0;padding:12px 16px}
        details.rule>summary,.head{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 12px}
        summary{cursor:pointer;padding:8px 0}.items summary{padding:0}
        table{border-collapse:collapse;width:100%;margin:6px 0}
        th,td{text-align:left;vertical-align:top;padding:8px 14px 8px 0;border-bottom:1px solid var(--line)}
        th{font-weight:550;font-size:.87rem;color:var(--quiet);white-space:nowrap}.items td:last-child{min-width:16rem}
        td:is([data-title=Time],[data-title=First],[data-title=Last],[data-title=Operation]){white-space:nowrap}td>code{display:inline-block;min-width:7rem}
        .number{text-align:right;font-variant-numeric:tabular-nums}.nowrap{white-space:nowrap}
        .scroll{overflow-x:auto;position:relative}
        dl{margin:8px 0}dl>div{display:flex;flex-wrap:wrap;gap:0 12px;padding:5px 0;border-top:1px solid var(--line)}
        dl>div:first-child{border-top:0}dt{flex:0 0 10rem;color:var(--quiet);overflow-wrap:anywhere}dd{flex:1 1 14rem;margin:0}
        form{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:end}form[hidden],nav[hidden],[hidden]{display:none!important}
        label{display:flex;flex-direction:column;gap:2px;min-width:0;font-size:.85rem;color:var(--quiet)}label.wide{flex:1 1 16rem}
        input,select,button,textarea,.button{font:inherit;color:var(--ink);background:var(--card);border:1px solid #8490a5;\
        border-radius:7px;padding:6px 11px;max-width:100%;min-height:38px}
        select{max-width:14rem}button,.button{cursor:pointer;font-weight:550;text-decoration:none;display:inline-block}
        button:hover,.button:hover{border-color:var(--link)}button:disabled{opacity:.45;cursor:default}
        .primary{background:var(--link);border-color:var(--link);color:var(--on-link)}
        nav{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
        svg.chart{display:block;width:100%;max-width:760px;height:auto;margin:8px 0 2px}
        svg.timeline{display:block;width:100%;min-width:620px;height:auto}
        svg text{font-size:12px;fill:var(--quiet)}svg text.strong{fill:var(--ink);font-weight:650}svg .grid{stroke:var(--line)}
        svg .line{fill:none;stroke:var(--spark);stroke-width:2;stroke-linejoin:round}svg .usual{fill:var(--band)}
        svg .mark{fill:var(--card);stroke:var(--fail);stroke-width:2.5}svg .area{fill:var(--soft)}svg .dot{fill:var(--spark)}
        svg .track{fill:var(--sunk)}svg .proved{fill:var(--pass)}svg .changed{fill:var(--fail)}svg .allowed{fill:var(--spark)}svg rect.gap{stroke:var(--fail);stroke-width:1}
        svg rect.open{stroke:var(--quiet);stroke-width:1;stroke-dasharray:3 3}
        .p-gap{fill:var(--fail-soft)}.p-gap-line{stroke:var(--fail);stroke-width:2.5}.p-open{fill:var(--sunk)}.p-open-line{stroke:var(--quiet);stroke-width:1}
        svg.spark{display:block;width:132px;height:34px}
        svg.bar{display:block;width:100%;min-width:8rem;height:12px;margin:5px 0;border-radius:4px}svg rect.fail{fill:var(--fail)}
        svg rect.unknown{fill:var(--medium)}svg rect.manual{fill:var(--low)}svg rect.muted{fill:var(--quiet)}
        svg rect.pass{fill:var(--pass)}svg rect.notApplicable{fill:var(--line)}
        .contents{margin:14px 0;font-size:.95rem}
        .finding{border-top:1px solid var(--line)}.finding>summary{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline}
        .finding>summary>:last-child{flex:1 1 18rem}.finding>summary::before{content:"▸";color:var(--quiet)}
        .finding[open]>summary::before{content:"▾"}.risks li{margin:8px 0}
        .conclusion>div{border:1px solid var(--line);min-height:2.6rem;padding:4px 10px}
        .bars td:nth-child(3){width:32%}
        @media screen and (max-width:960px){:is(.items,.cards),:is(.items,.cards) tbody{display:block}:is(.items,.cards) thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}\
        :is(.items,.cards) tr{display:block;background:var(--card);border:1px solid var(--line);border-radius:10px;margin:8px 0;\
        padding:8px 12px}:is(.items,.cards) td{display:flex;gap:0 10px;border:0;padding:2px 0;min-width:0;text-align:left}\
        :is(.items,.cards) td::before{content:attr(data-title);flex:0 0 7rem;color:var(--quiet)}:is(.items,.cards) td>*{min-width:0}\
        .items details,.items summary{flex:1}.bars td:nth-child(3){width:auto}td[data-title=""]::before{display:none!important}}
        @media screen and (max-width:720px){dt{flex-basis:100%}select{max-width:100%}label{flex:1 1 9rem}}

        body.app{display:grid;grid-template-columns:236px minmax(0,1fr);grid-template-rows:auto 1fr;max-width:none;min-height:100vh;margin:0;padding:0}
        .skip{position:absolute;left:-999px}.skip:focus{left:12px;top:12px;z-index:9;background:var(--card);padding:8px 14px}
        .sprite{position:absolute;width:0;height:0;overflow:hidden}
        .side{grid-row:1/-1;position:sticky;top:0;height:100vh;overflow-y:auto;background:var(--card);border-right:1px solid var(--line);\
        padding:20px 14px;display:flex;flex-direction:column;gap:18px}
        .brand{display:flex;align-items:center;gap:10px;font-weight:680;font-size:1.08rem;color:var(--ink);text-decoration:none;letter-spacing:-.01em;padding:0 8px}
        .brand svg{width:26px;height:26px;color:var(--link)}
        .side nav{flex-direction:column;align-items:stretch;gap:2px}
        .side nav a{display:flex;justify-content:space-between;gap:8px;padding:7px 10px;border-radius:7px;color:var(--ink);text-decoration:none;white-space:nowrap}
        .side nav a:hover{background:var(--sunk)}.side nav a[aria-current]{background:var(--soft);color:var(--link);font-weight:620}
        .side .count{color:var(--quiet);font-size:.84rem;font-variant-numeric:tabular-nums}
        .side .who{margin-top:auto;padding:0 10px;font-size:.85rem}.side .who form{margin-top:6px}.side .who button{min-height:32px;padding:3px 10px}
        .app main{padding:28px 36px 56px;width:100%;max-width:1640px;margin:0 auto}
        .app footer{padding:0 36px 24px;font-size:.85rem;width:100%;max-width:1640px;margin:0 auto}
        .card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 20px;box-shadow:var(--shadow);min-width:0}
        .card>h2{margin:0 0 8px}.stack{display:grid;gap:16px;align-content:start}.stack>*{min-width:0}
        .two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:16px;margin-top:16px}.two>*{min-width:0}
        .trail{font-size:.9rem;margin:0 0 6px}.title{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center}.title h1{margin:0}
        .status{display:inline-flex;align-items:center;gap:5px;font-weight:600;white-space:nowrap}
        .icon{width:1em;height:1em;flex:none}
        .headline{display:flex;flex-wrap:wrap;gap:18px 40px;align-items:center;padding:22px 24px}
        .headline .say{flex:1 1 20rem;min-width:0}.headline .say strong{display:block;font-size:1.5rem;line-height:1.25;letter-spacing:-.015em}
        .pips{display:flex;gap:6px;list-style:none;margin:0;padding:0;flex-wrap:wrap}
        .pips a{display:flex;flex-direction:column;align-items:center;gap:3px;width:44px;padding:7px 0 5px;border:1px solid currentColor;border-radius:9px;\
        font-weight:650;font-size:.86rem;text-decoration:none}.pips .icon{width:16px;height:16px}
        .pips .fail{background:var(--fail-soft)}.pips .pass{background:var(--pass-soft)}.pips .unknown{background:var(--warn)}
        .signs{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,210px),1fr));gap:12px;list-style:none;margin:16px 0 0;padding:0}
        .signs li{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:12px 16px;box-shadow:var(--shadow)}
        .signs .figure{display:flex;gap:8px;font-size:1.45rem;font-weight:650;line-height:1.25;font-variant-numeric:tabular-nums;letter-spacing:-.01em;text-decoration:none}
        .practices{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,196px),1fr));gap:12px;list-style:none;margin:0;padding:0}
        .practices li{position:relative;display:flex;flex-direction:column;gap:8px;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 16px;box-shadow:var(--shadow)}
        .practices li:hover{border-color:var(--link)}.practices h3{font-size:.98rem;line-height:1.35}.practices h3 a{color:var(--ink);text-decoration:none}
        .practices h3 a::after{content:"";position:absolute;inset:0;border-radius:12px}.practices h3 a:focus-visible{outline:0}
        .practices h3 a:focus-visible::after{outline:3px solid var(--link);outline-offset:2px}
        .practices svg{margin-top:auto;width:100%}.practices .icon{width:1em;margin:0}.practices .status{font-size:.88rem}.practices>li>.quiet{font-size:.88rem}
        .practices .top{display:flex;justify-content:space-between;gap:10px;align-items:center}
        .number-mark{color:var(--quiet);font-size:.84rem;font-variant-numeric:tabular-nums}
        .tabs{gap:4px;border-bottom:1px solid var(--line);margin:16px 0 14px}.tabs a{padding:8px 12px;color:var(--ink);text-decoration:none;border-bottom:3px solid transparent;margin-bottom:-1px}
        .tabs a[aria-current]{border-color:var(--link);color:var(--link);font-weight:620}.tabs a:hover{border-color:var(--quiet)}.tabs .count{color:var(--quiet);font-weight:400;font-size:.88rem}
        .chips{display:flex;flex-wrap:wrap;gap:8px;margin:10px 0 0;padding:0;list-style:none}
        .chips a{display:inline-flex;gap:6px;background:var(--soft);border-radius:999px;padding:3px 12px;font-size:.88rem;text-decoration:none}
        .list{list-style:none;margin:0;padding:0}.list li{padding:10px 0;border-top:1px solid var(--line)}.list li:first-child{border-top:0}
        .list .line{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline}.list .line>a:first-of-type{font-weight:560}
        .app .items td:last-child,.app .items td{min-width:0}.app :is(table,.list) a{font-weight:550;text-decoration:none}.app :is(table,.list) a:hover{text-decoration:underline}.app td .quiet{font-size:.88rem}.app .items{table-layout:auto}
        th a{color:inherit}th[aria-sort]{color:var(--ink)}
        pre{margin:8px 0;padding:10px 14px;background:var(--sunk);border-radius:8px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
        .empty{text-align:center;padding:44px 20px}.empty svg{width:44px;height:44px;color:var(--quiet);margin-bottom:8px}.empty pre{display:inline-block;text-align:left}
        .empty h2{margin-bottom:6px}.empty p{max-width:62ch;margin-inline:auto}
        .matrix{width:auto;min-width:100%}.matrix th[scope=row]{position:sticky;left:0;background:var(--card);z-index:1;color:var(--ink);white-space:nowrap}
        .matrix th:first-child{text-align:left!important}.matrix :is(td,th[scope=col]){vertical-align:middle;text-align:center;padding:8px 10px}.matrix td a{display:block;white-space:nowrap;border-radius:6px;padding:3px 8px;text-decoration:none}
        .matrix td a.fail{background:var(--fail-soft)}.matrix td a.unknown{background:var(--warn)}.matrix td a.pass{background:var(--pass-soft)}
        .filters select{width:9.6rem}.shared section>h3{margin:0 0 4px}
        .legend{display:flex;flex-wrap:wrap;gap:6px 18px;font-size:.88rem;color:var(--quiet);list-style:none;margin:10px 0 0;padding:0}
        .legend li{display:inline-flex;gap:7px;align-items:center}.legend svg{width:26px;height:12px}.legend .icon{width:14px;height:14px}
        .steps{list-style:none;margin:0;padding:0 0 0 6px}.steps li{position:relative;border-left:2px solid var(--line);padding:0 0 14px 18px}
        .steps li:last-child{border-color:transparent;padding-bottom:0}.steps li::before{content:"";position:absolute;left:-6px;top:7px;width:10px;height:10px;border-radius:50%;background:var(--link)}
        .steps .fail::before{background:var(--fail)}.steps .pass::before{background:var(--pass);border-radius:2px}.steps li{color:var(--ink)}
        .news{position:sticky;top:10px;z-index:5;display:flex;gap:12px;align-items:center;justify-content:center;background:var(--link);color:var(--on-link);\
        border-radius:999px;padding:7px 18px;margin:0 auto 14px;width:fit-content;max-width:100%;font-weight:600}.news a{color:inherit}
        .pager{justify-content:space-between;margin-top:14px}.pager>div{display:flex;gap:8px;flex-wrap:wrap}
        .shared h2{display:flex;gap:8px;align-items:center}.shared table td:first-child{width:34%}
        .center{display:grid;place-items:center;min-height:100vh;max-width:none;padding:16px}.center main{width:100%;max-width:420px;padding:28px}
        .center form{flex-direction:column;align-items:stretch;margin-top:14px}.center .brand{padding:0;margin-bottom:18px}
        .wide-gap{margin-top:14px}
        @media screen and (max-width:1000px){body.app{display:block}.shared table td:first-child{width:auto}.side{position:static;height:auto;padding:12px 14px;gap:10px;border-right:0;border-bottom:1px solid var(--line)}\
        .side nav{flex-direction:row;gap:2px}.side nav a{flex:none;padding:5px 9px}.side .who{margin:0;display:flex;gap:10px;align-items:center;flex-wrap:wrap}.side .who form{margin:0}\
        .app main{padding:20px 16px 40px}.app footer{padding:0 16px 20px}.headline{padding:18px}.app .items tr{padding:10px 14px}.app .items td::before{flex-basis:6rem}}
        @media screen and (max-width:720px){.chart-box{overflow-x:auto;direction:rtl}.chart-box>*{direction:ltr}.chart-box svg.chart{min-width:520px}.filters select,.filters input{width:100%}.filters label{flex:1 1 8.5rem}.pips a{width:40px}}
        @media screen and (max-width:420px){.nowrap,.status{white-space:normal}.matrix .status{white-space:nowrap}.app main{padding:16px 12px 32px}.card{padding:14px}:is(.items,.cards) td::before,.app .items td::before{flex-basis:5.2rem}}
        @media (prefers-reduced-motion:no-preference){.practices li{transition:border-color .12s}}
        @media (forced-colors:active){.pips a,.badge,.status,.card{forced-color-adjust:auto}}
        @media print{:root{color-scheme:light;--page:#fff;--card:#fff;--sunk:#eee;--ink:#000;--quiet:#444;--line:#bbb;--link:#003a80;--soft:#eee;\
        --critical:#8a0f30;--high:#9c2a14;--medium:#6b4300;--low:#0d4a6b;--informational:#444;--fail:#9c2a14;--fail-soft:#fff;--pass:#24633e;--pass-soft:#fff;--band:#d5e8da;--warn:#fff}\
        body{max-width:none;padding:0;font-size:10pt}code,.code{font-size:8.5pt}td:is([data-title=First],[data-title=Last]){font-size:8pt}tr,.tiles li,.conclusion,.practices li,.signs li{break-inside:avoid}\
        h2,h3,.head,.finding>summary{break-after:avoid}form,nav,.side,.news,.skip{display:none!important}body.app{display:block}.app main{padding:0}\
        article.rule{border-width:1px 0 0;border-radius:0;padding:8px 0}.card{border-width:1px 0 0;border-radius:0;padding:8px 0;box-shadow:none}\
        #scope,#practices,#findings,#accepted,#manual,#undetermined,#mapping,#all,#thresholds,#calls{break-before:page}\
        section:not(.compact)>#items .items tr{display:flex;flex-wrap:wrap;gap:0 14px}section:not(.compact)>#items .items thead{display:none}\
        section:not(.compact)>#items .items td{border:0}section:not(.compact)>#items .items td:last-child{flex:1 1 100%;border-bottom:1px solid var(--line)}\
        :is(main) details::details-content{content-visibility:visible;height:auto;display:block}\
        .compact details::details-content{display:none}.bars td:nth-child(3){width:32%}@page{margin:14mm}}
        """
}
