import Pages

extension HTMLPage {
    /// Reads the items from the page's data, and pages, filters and searches them. Text from the data becomes text of the
    /// page and never markup.
    static let pageScript: StaticString = #"""
        'use strict';(()=>{
        const find=id=>document.getElementById(id),make=(name,content,attributes={})=>{const node=document.createElement(name);
        if(content!=null)node.append(...[content].flat());for(const key in attributes)node.setAttribute(key,attributes[key]);return node};
        // Columns of the style "detail" stand with the details.
        const shows=column=>column.style!=='detail';
        const {pool,columns,rows}=JSON.parse(find('data').textContent),width=columns.length,pools={};
        // A number stands for a text that was there before; texts are numbered as they come.
        const text=(value,key)=>{const known=pools[key]??=[];if(typeof value==='number')return known[value];
        if(known.length<pool)known.push(value);return value};
        for(const row of rows)for(let i=0;i<row.length;i++)if(!Array.isArray(row[i]))
        row[i]=text(row[i],i<=width?i:(i-width)%2?'name':'value');
        const found=rows.map(row=>row.flat().join('\n').toLowerCase());
        let page=0,shown=rows;const size=50,number=new Intl.NumberFormat('en');
        const picture=([name,...shapes])=>{const svg=(name,attributes,content)=>{const node=document.createElementNS('http://www.w3.org/2000/svg',name);
        for(const key in attributes)node.setAttribute(key,attributes[key]);if(content)node.append(content);return node};
        const node=svg('svg',{class:'chart',viewBox:'0 0 640 210',role:'img','aria-label':name});
        for(const shape of shapes)node.append(svg(...shape));return node};
        const details=(row,isWhole)=>{const message=row[width],facts=row.slice(width+1);
        columns.forEach((column,i)=>shows(column)||facts.unshift(column.title,row[i]));if(!facts.length)return message;
        const node=make('details',make('summary',message||'Show'));
        // Made when it is opened: most never are.
        const fill=()=>{if(node.children.length>1)return;const list=make('dl');
        for(let i=0;i<facts.length;i+=2)if(Array.isArray(facts[i]))node.append(picture(facts[i]));
        else list.append(make('div',[make('dt',facts[i]||'Reference'),make('dd',make('code',facts[i+1]))]));node.append(list)};
        node.addEventListener('toggle',fill);if(isWhole)fill();return node};
        const cell=(row,column,i)=>column.style==='plain'?row[i]:column.style==='code'?make('code',row[i])
        :make('span',row[i],{class:'badge '+row[i]});
        const list=(rows,isWhole)=>find('rows').replaceChildren(...rows.map(row=>make('tr',[
        ...columns.flatMap((column,i)=>shows(column)?[make('td',cell(row,column,i),{'data-title':column.title})]:[]),
        make('td',details(row,isWhole),{'data-title':'Details'})])));
        const draw=()=>{const last=Math.max(0,Math.ceil(shown.length/size)-1);page=Math.min(Math.max(0,page),last);
        list(shown.slice(page*size,page*size+size),false);
        find('status').textContent=number.format(shown.length)+' of '+number.format(rows.length)+', page '
        +number.format(page+1)+' of '+number.format(last+1);
        [first.disabled,back.disabled]=[page===0,page===0];[next.disabled,end.disabled]=[page===last,page===last]};
        const turn=(name,to)=>{const button=make('button',name,{type:'button'});
        button.addEventListener('click',()=>{page=to();draw();find('status').scrollIntoView({block:'nearest'})});return button};
        const first=turn('First',()=>0),back=turn('Previous',()=>page-1),next=turn('Next',()=>page+1),end=turn('Last',()=>Infinity);
        const search=make('input',null,{type:'search',autocomplete:'off'});
        const filters=columns.flatMap((column,i)=>{if(!column.filter)return[];const counts=new Map();
        for(const row of rows)counts.set(row[i],(counts.get(row[i])??0)+1);if(counts.size<2||counts.size>1000)return[];
        const select=make('select',[make('option','All',{value:''}),...[...counts].map(([value,count])=>
        make('option',(value||'(none)')+' ('+number.format(count)+')',{value:'='+value}))]);
        return[{i,select,label:make('label',[column.title,select])}]});
        const filter=()=>{const words=search.value.toLowerCase().split(/\s+/).filter(Boolean);
        shown=rows.filter((row,at)=>filters.every(({i,select})=>!select.value||select.value==='='+row[i])
        &&words.every(word=>found[at].includes(word)));page=0;draw()};
        let wait;search.addEventListener('input',()=>{clearTimeout(wait);wait=setTimeout(filter,150)});
        for(const {select} of filters)select.addEventListener('change',filter);
        const form=find('controls');form.addEventListener('submit',event=>event.preventDefault());
        form.append(make('label',['Search',search],{class:'wide'}),...filters.map(({label})=>label));
        const pages=find('pages');pages.append(first,back,next,end);form.hidden=pages.hidden=false;draw();
        // Paper has no pages to turn: it gets all that is chosen, as far as a browser lays that out.
        addEventListener('beforeprint',()=>{list(shown.slice(0,5000),true);
        if(shown.length>5000)find('status').textContent='The first 5,000 of '+number.format(shown.length)});
        addEventListener('afterprint',draw)})();
        """#
}
