// Replydesk, MIT licence. Written in service/embed/source.
(()=>{
const{
src,
dataset:{site},
}=document.currentScript;
const service=src.replace(/\/embed[^/]*$/,"");
const ask=(type,url,body,headers)=>
new Promise((resolve)=>{
const request=new XMLHttpRequest();
request.open(body?"POST":"GET",url);
request.responseType=type;
request.timeout=20000;
for(const name in headers)request.setRequestHeader(name,headers[name]);
request.onloadend=()=>resolve(request);
request.send(body);
});
const piece=async(thread,asked)=>(await ask("document",thread.dataset.source+asked)).response;
const byId=(id)=>document.getElementById(id);
const make=(tag,text)=>{
const made=document.createElement(tag);
made.textContent=text;
return made;
};
const follow=async(thread,mine)=>{
const asked="&replydesk="+mine.querySelector("[href*='/receipts/']").href.split("/").pop();
for(let seconds=2;/pending|held/.test(mine.className);seconds=Math.min(seconds*1.5,60)){
await new Promise((resolve)=>setTimeout(resolve,seconds*1000));
if(document.hidden)await new Promise((resolve)=>addEventListener("visibilitychange",resolve,{once:true}));
const news=(await piece(thread,asked+"&format=mine"))?.querySelector(".mine");
if(news&&news.className!=mine.className){
const hadFocus=mine.contains(document.activeElement);
mine.className=news.className;
mine.replaceChildren(...news.childNodes);
if(hadFocus)mine.focus();
}
}
if(mine.matches(".approved"))publish(thread,asked,"comment-"+mine.dataset.id);
};
const publish=async(thread,asked,id)=>{
const page=!byId(id)&&(await piece(thread,asked+"&format=fragment"));
const comment=page&&page.getElementById(id);
const list=thread.querySelector(".conversations");
if(!comment)return;
byId("comments-heading").replaceWith(page.getElementById("comments-heading"));
const here=(other)=>byId(other.id||other.firstElementChild.id);
let other=comment;
while((other=other.previousElementSibling)&&!here(other));
if(!list)thread.querySelector(".empty").replaceWith(page.querySelector(".conversations"));
else if(other)here(other).after(comment);
else{
const conversation=(other=comment.parentNode);
while((other=other.nextElementSibling)&&!here(other));
list.insertBefore(conversation,other&&here(other).parentNode);
}
};
const enhance=(thread)=>{
const form=thread.querySelector(".reply-form");
for(const mine of thread.querySelectorAll(".mine"))follow(thread,mine);
if(!form)return;
const{proof}=form.dataset;
if(proof)import(proof).catch(()=>{});
const more=async(link)=>{
const page=await piece(thread,"&format=fragment&after="+new URL(link.href).searchParams.get("after"));
const items=page?.querySelector(".conversations")?.children;
if(!items)return location.assign(link.href);
const[first]=items;
thread.querySelector(".conversations").append(...items);
link.parentNode.replaceWith(page.querySelector(".more")||"");
first.querySelector("a").focus();
};
const{name,parent,text}=form.elements;
const[heading,cancel,count,said,summary]=["h2",".cancel",".count",".said",".summary"].map((selector)=>
form.querySelector(selector),
);
const{lang}=thread.closest("[lang]");
const home=document.createComment("");
let opener,key,timer,isBusy,tries;
form.before(home);
parent.value=parent.defaultValue;
const answer=(link)=>{
change();
opener=link;
link.after(form);
parent.value=link.closest("article").id.slice(8);
heading.textContent=link.getAttribute("aria-label");
cancel.hidden=false;
(name.value?text:name).focus();
};
const leave=()=>{
change();
home.after(form);
parent.value="";
heading.textContent=heading.dataset.text;
cancel.hidden=true;
(opener||text).focus();
opener=0;
};
const say=(what,seconds)=>(said.textContent=(form.dataset[what]||"").replace("{n}",seconds));
const stay=(event)=>event.preventDefault();
const set=(busy,waiting)=>{
isBusy=busy;
clearTimeout(timer);
timer=waiting;
for(const input of form.elements)input.readOnly=busy;
(busy||waiting?addEventListener:removeEventListener)("beforeunload",stay);
};
const change=()=>{
const{textLength,maxLength}=text;
count.textContent=textLength.toLocaleString(lang)+" / "+maxLength.toLocaleString(lang);
count.ariaLive=textLength+200>maxLength?"polite":"off";
key=tries=0;
set();
say();
};
const clear=()=>{
summary.hidden=true;
summary.lastElementChild.replaceChildren();
for(const note of form.querySelectorAll(".error")){
note.previousElementSibling.removeAttribute("aria-invalid");
note.previousElementSibling.removeAttribute("aria-describedby");
note.remove();
}
};
const refuse=(problem)=>{
say();
for(const{field,message}of problem?.errors||[{message:problem?.detail}]){
const input=form.elements[field];
const line=make("li","");
const link=make("a",message);
if(input?.id){
const note=make("p",message);
note.className="error";
note.id=input.id+"-error";
input.after(note);
input.setAttribute("aria-invalid",true);
input.setAttribute("aria-describedby",note.id);
link.href="#"+input.id;
}
if(field=="parent")leave();
line.append(link);
summary.lastElementChild.append(line);
}
summary.hidden=false;
summary.focus();
};
const show=async(receipt)=>{
const page=await piece(thread,"&format=mine&replydesk="+receipt.split("/").pop());
const mine=page?.querySelector(".mine");
set();
if(!mine)return location.assign(receipt);
(opener?form:home).before(mine);
text.value="";
leave();
mine.focus();
follow(thread,mine);
};
const send=async()=>{
if(isBusy)return;
clear();
say("posting");
key||=crypto.getRandomValues(new Uint32Array(4)).join("-");
const body=new FormData(form);
set(true);
const answer=await ask("json",form.action,body,{Accept:"application/json","Idempotency-Key":key});
const{status,response}=answer;
if(status==202)return show(response.receipt_url);
const seconds=Math.max(+answer.getResponseHeader("Retry-After")||0,Math.min(2**++tries,60));
const isOnline=navigator.onLine;
if(status&&status!=429&&status<502){
set();
refuse(response);
}else{
set(false,isOnline?setTimeout(send,seconds*1000):-1);
say(isOnline?"again":"offline",seconds);
}
};
addEventListener("online",()=>timer&&send());
form.addEventListener("input",change);
form.addEventListener("submit",(event)=>{
event.preventDefault();
send();
});
thread.addEventListener("click",(event)=>{
const link=event.target.closest("a");
if(!link||event.ctrlKey||event.metaKey||event.shiftKey)return;
const act=link.matches(".answer")?answer:link.matches(".cancel a")?leave:link.matches(".more a")&&more;
if(act){
event.preventDefault();
isBusy||act(link);
}
});
change();
};
const count=async()=>{
const places=[...document.querySelectorAll("[data-replydesk-count]")];
while(places.length){
const some=places.splice(0,100);
const threads=some.map((place)=>place.dataset.replydeskCount);
const body=JSON.stringify({site,threads});
const{response}=await ask("json",service+"/api/v1/counts",body,{"Content-Type":"application/json"});
some.forEach((place,at)=>{
const number=response?.counts?.[threads[at]];
if(number>=0)place.append(place.textContent?" · ":"",number);
});
}
};
customElements.define(
"replydesk-thread",
class extends HTMLElement{
async connectedCallback(){
const here=new URLSearchParams(location.search);
const asked=new URLSearchParams({format:"fragment"});
for(const name of["thread","url","title","section","lead"])asked.set(name,this.getAttribute(name)||"");
for(const name of["sort","conversation","after","reply_to","replydesk","moderation-hash"])
if(here.has(name))asked.set(name,here.get(name));
const page=(await ask("document",service+"/threads/"+this.getAttribute("site")+"?"+asked)).response;
const thread=page?.querySelector(".thread");
if(!thread)return;
await Promise.all(
[...page.querySelectorAll("[rel=stylesheet]")].map(
(link)=>
new Promise((resolve)=>{
link.onload=link.onerror=resolve;
document.head.append(link);
}),
),
);
this.replaceChildren(page.querySelector(".replydesk"));
enhance(thread);
byId(location.hash.slice(1))?.scrollIntoView();
}
},
);
document.querySelectorAll(".replydesk .thread").forEach(enhance);
count();
})();
