/// The script of the pages. Without it everything works too: forms are sent by their buttons.
enum DashboardScript {
    static let text = #"""
        'use strict';(()=>{
        // A filter counts as soon as it is chosen.
        for(const form of document.querySelectorAll('form.filters'))
        for(const select of form.querySelectorAll('select'))select.addEventListener('change',()=>form.requestSubmit());
        // Empty fields would only lengthen the URL.
        for(const form of document.querySelectorAll('form.filters'))form.addEventListener('submit',()=>{
        for(const field of form.elements)if(field.name&&!field.value)field.disabled=true});
        addEventListener('pageshow',()=>{for(const field of document.querySelectorAll('form.filters :disabled'))field.disabled=false});
        // "/" goes to the search, as in other tools.
        addEventListener('keydown',event=>{const search=document.querySelector('input[type=search]');
        if(event.key!=='/'||!search||event.ctrlKey||event.metaKey||event.altKey
        ||/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName))return;event.preventDefault();search.focus()});
        const news=document.getElementById('news');if(!news||!('EventSource' in window))return;
        const names={findings:['finding changed','findings changed'],alerts:['new alert','new alerts'],scans:['new scan','new scans'],
        verifications:['new verification','new verifications']},sums={};const events=new EventSource('/events');
        events.addEventListener('change',event=>{let data;try{data=JSON.parse(event.data)}catch{return}
        const parts=[];for(const key in names){sums[key]=(sums[key]??0)+(Number(data[key])||0);
        if(sums[key])parts.push(sums[key].toLocaleString('en')+' '+names[key][sums[key]===1?0:1])}
        const link=document.createElement('a');link.href=location.href;link.textContent='Refresh';
        if(parts.length){news.replaceChildren(parts.join(', ')+'. ',link);news.hidden=false}});
        addEventListener('pagehide',()=>events.close())})();
        """#
}
