import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright';
import { BASE_FLAGS, WEBGPU_FLAGS, findBrowser } from './browser.ts';
const types: Record<string,string>={mjs:'text/javascript',wasm:'application/wasm',html:'text/html',json:'application/json'};
const server=createServer(async (q,r)=>{ const p=(q.url??'/').split('?')[0]!; if(p==='/'){r.setHeader('content-type','text/html');r.end('<!doctype html>');return;}
 try{const b=await readFile('/work/main'+p);r.setHeader('content-type',types[p.split('.').at(-1)!]??'application/octet-stream');r.end(b);}catch{r.statusCode=404;r.end();}}).listen(4987);
const browser=await chromium.launch({executablePath:findBrowser(),args:[...BASE_FLAGS,...WEBGPU_FLAGS]});
const page=await browser.newPage(); page.on('console',m=>console.log('  page:',m.text().slice(0,300)));
await page.goto('http://localhost:4987/');
const code=`(async()=>{
const ort=await import('/node_modules/onnxruntime-web/dist/ort.jspi.min.mjs'); ort.env.wasm.wasmPaths='/node_modules/onnxruntime-web/dist/'; ort.env.wasm.numThreads=1; ort.env.logLevel='error';
const adapter=await navigator.gpu.requestAdapter(); console.log('adapter',adapter?.info?.vendor,adapter?.info?.architecture,adapter?.info?.subgroupMinSize,[...adapter.features].join(' '));
const skip=new Set(adapter.info.subgroupMinSize<8?['subgroups','subgroup-size-control']:[]);
const device=await adapter.requestDevice({requiredFeatures:[...adapter.features].filter(f=>!skip.has(f)),requiredLimits:{maxStorageBufferBindingSize:adapter.limits.maxStorageBufferBindingSize,maxBufferSize:adapter.limits.maxBufferSize,maxComputeWorkgroupStorageSize:adapter.limits.maxComputeWorkgroupStorageSize}});
const rows=(await (await fetch('/tools/golden/qwen3-seeded.json')).json()).rows;
const half=b=>{const s=b&0x8000?-1:1,e=(b>>>10)&31,m=b&1023;return e===0?s*m*2**-24:s*(1024+m)*2**(e-25)};
for(const [dir,file,data,dtype] of [['qwen3-seeded','model','.onnx_data','fp32'],['qwen3-seeded-mha','model','.onnx_data','fp32'],['qwen3-seeded','model_q4','.onnx_data','q4'],['qwen3-seeded','model_quantized','.onnx_data','q8'],['qwen3-seeded-webgpu-only','model_fp16','.onnx_data','fp16'],['qwen3-seeded-webgpu-only','model_q4f16','.onnx_data','q4f16']]){
 try{
 const base='/.cache/test-models/'+dir+'/onnx/'+file; const get=async u=>new Uint8Array(await (await fetch(u)).arrayBuffer());
 const t0=performance.now(); const s=await ort.InferenceSession.create(await get(base+'.onnx'),{executionProviders:[{name:'webgpu',device}],externalData:[{path:file+data,data:await get(base+data)}]});
 const t1=performance.now(); let lc=1,md=0,worst='';
 for(const r of rows){ const n=r.ids.length; const feeds={};
  for(const m of s.inputMetadata){ if(m.name==='input_ids')feeds[m.name]=new ort.Tensor('int64',BigInt64Array.from(r.ids,BigInt),[1,n]); else if(m.name==='attention_mask')feeds[m.name]=new ort.Tensor('int64',new BigInt64Array(n).fill(1n),[1,n]); else if(m.name==='position_ids')feeds[m.name]=new ort.Tensor('int64',BigInt64Array.from(r.ids,(_,i)=>BigInt(i)),[1,n]); else feeds[m.name]=new ort.Tensor(m.type,m.type==='float16'?new Uint16Array(0):new Float32Array(0),[1,2,0,32]); }
  const o=await s.run(feeds); const h=o.hidden_states??o.last_hidden_state; let v=h.data.slice((n-1)*64,n*64); v=h.type==='float16'&&v instanceof Uint16Array?Array.from(v,half):Array.from(v);
  const norm=Math.hypot(...v); let c=0,mx=0; r.vectors[dtype].forEach((g,i)=>{c+=g*v[i]/norm;mx=Math.max(mx,Math.abs(g-v[i]/norm));}); if(!(c>=lc)){lc=c;worst=r.name+' '+n;} md=Math.max(md,mx); for(const t of Object.values(o))t.dispose(); }
 console.log(dir,file,'1-cos',(1-lc).toExponential(2),'max',md.toExponential(2),'worst',worst,'open',Math.round(t1-t0),'run',Math.round(performance.now()-t1)); await s.release();
 }catch(e){console.log(dir,file,String(e).slice(0,250));}
}})()`;
await Promise.race([page.evaluate(code),new Promise(r=>setTimeout(r,240000))]);
await browser.close(); server.close();
