// Asks a server over connections that are kept, for so many seconds: each as soon as it was answered, or all together
// at a rate, whether they are answered or not. What is asked late, because no connection was free, counts from when it
// was due.

import { connect } from 'node:net'

process.once('message', async work => {
  process.send(await ask(work), () => process.exit(0))
})

async function ask({ port, token, bodies, connections, seconds, rate = null }) {
  const requests = bodies.map(body =>
    Buffer.from(
      `POST /api/v1/explain HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n` +
        `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  )
  const latencies = []
  const count = { answered: 0, refused: 0, failed: 0 }
  const idle = []
  const due = []
  let next = 0
  let isOver = false
  const start = performance.now()

  const lines = await Promise.all(Array.from({ length: connections }, () => open(port)))
  for (const line of lines) {
    line.onAnswer = status => {
      const now = performance.now()
      if (status === 200) {
        count.answered++
        latencies.push((now - line.since) / 1000)
      } else if (status === 503) count.refused++
      else count.failed++
      if (isOver) return
      if (rate === null) send(line, now)
      else if (due.length > 0) send(line, due.shift())
      else idle.push(line)
    }
  }

  const begin = performance.now()
  if (rate === null) for (const line of lines) send(line, begin)
  else {
    idle.push(...lines)
    let sent = 0
    const tick = () => {
      if (isOver) return
      const now = performance.now()
      for (; sent < ((now - begin) / 1000) * rate; sent++) {
        const at = begin + (1000 * sent) / rate
        const line = idle.pop()
        if (line) send(line, at)
        else due.push(at)
      }
      setTimeout(tick, 1)
    }
    tick()
  }
  await new Promise(resolve => setTimeout(resolve, 1000 * seconds))
  isOver = true
  const took = (performance.now() - begin) / 1000
  count.failed += due.length
  for (const { socket } of lines) socket.destroy()
  return { ...count, latencies, seconds: took, started: (begin - start) / 1000 }

  function send(line, since) {
    line.since = since
    line.socket.write(requests[next++ % requests.length])
  }
}

/** A connection that tells the status of each answer once it has come whole. */
function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const line = { socket, since: 0, onAnswer: () => undefined }
    let left = 0
    let head = ''
    let status = 0
    socket.on('data', chunk => {
      let at = 0
      while (at < chunk.length) {
        if (left > 0) {
          const taken = Math.min(left, chunk.length - at)
          left -= taken
          at += taken
        } else {
          head += chunk.latin1Slice(at)
          const end = head.indexOf('\r\n\r\n')
          if (end < 0) return
          at = chunk.length - (head.length - end - 4)
          status = Number(head.slice(9, 12))
          left = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
          head = ''
        }
        if (left === 0) line.onAnswer(status)
      }
    })
    socket.on('connect', () => resolve(line))
    socket.on('error', reject)
  })
}
