// Looks at a page in Chromium as people do: at two widths, light and dark, without JavaScript, by keyboard, and through axe.
// Prints what it saw as JSON and judges nothing.
//   node look.mjs PACKAGES CHROMIUM URL SHOTS-PREFIX
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const [packages, chromium, url, shots] = process.argv.slice(2)
const require = createRequire(`${packages}/`)
const { chromium: browsers } = require('playwright-core')
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']
const browser = await browsers.launch({ executablePath: chromium, headless: true, args })

/// What a reader sees, opened whole.
const words = () => {
  for (const details of document.querySelectorAll('details')) details.open = true
  return document.body.innerText
}

const seen = { views: [] }
for (const width of [360, 1280, 1920]) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
    const page = await context.newPage()
    const view = { width, scheme: colorScheme, requests: [], errors: [] }
    page.on('request', request => view.requests.push(request.url()))
    page.on('console', message => { if (['error', 'warning'].includes(message.type())) view.errors.push(message.text()) })
    page.on('pageerror', error => view.errors.push(String(error)))
    await page.goto(url, { waitUntil: 'load' })
    Object.assign(view, await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      paper: getComputedStyle(document.body).backgroundColor,
      wide: [...document.querySelectorAll('body *')].filter(element =>
        !element.closest('.scroll, thead') && element.getBoundingClientRect().right > innerWidth + 1)
        .map(element => `${element.tagName} ${element.className}`).slice(0, 5),
    })))
    await page.screenshot({ path: `${shots}-${width}-${colorScheme}.png`, fullPage: true })
    view.words = await page.evaluate(words)
    // With everything open, too.
    view.overflow = Math.max(view.overflow, await page.evaluate(() =>
      document.documentElement.scrollWidth - document.documentElement.clientWidth))
    // The layout of 1920 is that of 1280, with more around it.
    let violations = []
    if (width < 1920) {
      await page.evaluate(axe)
      violations = (await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))).violations
    }
    view.violations = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`)
    seen.views.push(view)
    await context.close()
  }
}

const plain = await browser.newContext({ viewport: { width: 1280, height: 900 }, javaScriptEnabled: false })
let page = await plain.newPage()
await page.goto(url, { waitUntil: 'load' })
seen.withoutScript = await page.evaluate(words)
await plain.close()

const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
page = await context.newPage()
await page.goto(url, { waitUntil: 'load' })
const describe = `element => (element.tagName + ' ' + (element.getAttribute('href') ?? element.getAttribute('aria-label') ?? element.textContent)).trim()`
seen.focusable = await page.evaluate(`[...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
  .filter(element => element.checkVisibility()).map(${describe})`)
seen.tabs = []
for (let at = 0; at < seen.focusable.length; at++) {
  await page.keyboard.press('Tab')
  seen.tabs.push(await page.evaluate(`(() => {
    const element = document.activeElement, box = element.getBoundingClientRect(), style = getComputedStyle(element)
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
    return { name: (${describe})(element), visible: inside && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 }
  })()`))
}
// Enter on the first summary opens it, and the skip link leads to the content.
seen.opens = await page.evaluate(() => document.querySelector('details') === null)
const summary = page.locator('summary').first()
if (await summary.count()) {
  await summary.focus()
  await page.keyboard.press('Enter')
  seen.opens = await page.evaluate(() => document.querySelector('details').open)
}
await page.locator('.skip').focus()
await page.keyboard.press('Enter')
seen.skipped = await page.evaluate(() => document.activeElement.id)
seen.structure = await page.evaluate(() => ({
  headings: [...document.querySelectorAll('h1,h2,h3')].map(heading => [heading.tagName, heading.textContent]),
  landmarks: ['header', 'nav', 'main', 'footer'].filter(name => document.querySelector(name)),
  pictures: [...document.querySelectorAll('svg')].map(svg => ({
    role: svg.getAttribute('role'),
    name: (svg.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' '),
  })),
  links: [...document.querySelectorAll('a[href]')].map(link => link.getAttribute('href')),
  scripts: document.scripts.length,
  pins: [...document.querySelectorAll('.pins .hex')].map(code => code.textContent),
  roots: [...document.querySelectorAll('#roots ~ .content tbody th div')].map(cell => cell.textContent),
  injected: document.querySelectorAll('[onerror], [onmouseover], img, iframe, object').length,
}))
await page.emulateMedia({ media: 'print' })
seen.print = await page.evaluate(() => getComputedStyle(document.querySelector('nav')).display)
await browser.close()
console.log(JSON.stringify(seen))
