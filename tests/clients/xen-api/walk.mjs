// node walk.mjs URL PASSWORD TRANSPORT: a VM's life as Xen Orchestra drives it, by calls and events.
import { createClient } from 'xen-api'

const [url, password, transport] = process.argv.slice(2)
const xapi = createClient({ url, auth: { user: 'root', password }, transport, watchEvents: true })
xapi.on('error', error => { throw error })

await xapi.connect()
await xapi.objectsFetched
const all = Object.values(xapi.objects.all)
const said = { hosts: all.filter(object => object.$type === 'host').length }
const template = all.find(object => object.name_label === 'Other install media')

const ref = await xapi.call('VM.clone', template.$ref, `xen-api ${transport}`)
await xapi.call('VM.provision', ref)
const vm = await xapi.barrier(ref)
said.cloned = vm.name_label
said.memoryIsANumber = typeof vm.memory_static_max === 'number'
await xapi.callAsync('VM.start', ref, false, false)
said.started = (await xapi.barrier(ref)).power_state
said.host = (await xapi.barrier(ref)).$resident_on.$type
said.refused = await xapi.callAsync('VM.start', ref, false, false).catch(error => error.code)
await xapi.callAsync('VM.hard_shutdown', ref)
said.stopped = (await xapi.barrier(ref)).power_state
await xapi.call('VM.destroy', ref)
await xapi.disconnect()
console.log(JSON.stringify(said))
