package plotting

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"strings"
	"sync/atomic"

	"github.com/gofromzero/fromzero/plotting/internal/echarts"
)

// libraryName is the page's name for the ECharts library. It is not "echarts":
// a page may have one of those already, of another version and with other
// kinds of chart.
const libraryName = "fromzeroECharts_" + echarts.Build

// libraryScript puts ECharts into the page, unless it is there: compressed, so
// that every cell with a chart can carry it (a notebook whose other outputs
// were cleared must still show its charts), and within a function whose
// parameters hide the module loaders that Jupyter's pages have. Where the
// browser cannot unpack it, the charts stay still pictures.
const libraryScript = `<script>(function(){
var name="` + libraryName + `";
if(window[name]||window[name+"_loading"]||!window.DecompressionStream)return;
window[name+"_loading"]=true;
var packed=atob("%s"),bytes=new Uint8Array(packed.length);
for(var i=0;i<packed.length;i++)bytes[i]=packed.charCodeAt(i);
var stream=new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
new Response(stream).text().then(function(source){
var script=document.createElement("script");
script.textContent="(function(define,module,exports,require){"+source+";window."+name+"=echarts;})();";
document.head.appendChild(script);
script.remove();
}).catch(function(){window[name+"_loading"]=false;});
})();</script>
`

// chartScript draws a chart into its elements once the library is there. A live
// chart's element is replaced time and again: what was drawn into the one
// before is given up, or a long training would fill the browser's memory.
const chartScript = `<script>(function(){
var option=%s,live="%s",tries=0;
function draw(){
var library=window["` + libraryName + `"];
if(!library){if(tries++<400)setTimeout(draw,25);return;}
document.querySelectorAll('[data-fromzero-chart="%s"]').forEach(function(place){
if(place.getAttribute("data-drawn"))return;
place.setAttribute("data-drawn","true");
var still=place.innerHTML;
try{
var before=live&&library[live];
if(before&&!before.isDisposed()&&!before.getDom().isConnected)before.dispose();
place.innerHTML="";
var chart=library.init(place,null,{width:place.clientWidth||%d,height:%d});
chart.setOption(option);
if(live)library[live]=chart;
if(window.ResizeObserver)new ResizeObserver(function(){
if(place.clientWidth)chart.resize({width:place.clientWidth,height:%[5]d});
}).observe(place);
}catch(problem){place.innerHTML=still;if(window.console)console.error(problem);}
});
}
draw();
})();</script>`

// chartElement is the place for a chart; within it stands what shows until the
// script has drawn, and where scripts do not run.
const chartElement = `<div data-fromzero-chart="%s" style="width:%dpx;max-width:100%%;height:%dpx;background:#fff;color:#333;border-radius:4px">%s</div>
`

// libraryOut is set once this process has sent the library to the notebook:
// a page shared by a cell's charts needs it once.
var libraryOut atomic.Bool

// element is the chart for a notebook's page.
func (c *chart) element(still []byte) (string, error) {
	element, err := c.html(still)
	if err != nil {
		return "", err
	}
	if libraryOut.CompareAndSwap(false, true) {
		element = library() + element
	}
	return element, nil
}

func library() string {
	return fmt.Sprintf(libraryScript, base64.StdEncoding.EncodeToString(echarts.Gzipped))
}

// html is the chart's place and script, without the library.
func (c *chart) html(still []byte) (string, error) {
	option, err := c.json()
	if err != nil {
		return "", err
	}
	f := c.figure
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", option, f.Width, f.Height))
	id := hex.EncodeToString(sum[:8])
	return fmt.Sprintf(chartElement, id, f.Width, f.Height, fallback(f, still)) +
		fmt.Sprintf(chartScript, option, c.live, id, f.Width, f.Height), nil
}

// fallback shows without a script: the still picture, or the chart in words.
func fallback(f *Figure, still []byte) string {
	words := html.EscapeString(f.content.summary())
	if len(still) == 0 {
		return `<pre style="margin:0;padding:12px;background:#fff;color:#333;overflow:auto;max-height:100%">` + words + `</pre>`
	}
	alt := strings.ReplaceAll(words, "\n", "&#10;")
	return fmt.Sprintf(`<img src="data:image/png;base64,%s" width="%d" alt="%s" style="max-width:100%%;height:auto;display:block">`,
		base64.StdEncoding.EncodeToString(still), f.Width, alt)
}

// pageHTML is a page around one chart.
const pageHTML = `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>%s</title>
<style>body{margin:24px;background:#fff;color:#333;font-family:` + fontFamily + `}</style>
</head>
<body>
%s
</body>
</html>
`

// page is the chart as a page of its own.
func (f *Figure) page() (string, error) {
	body, err := f.content.page()
	if err != nil {
		return "", err
	}
	title := f.Title
	if title == "" {
		title = f.content.kind()
	}
	return fmt.Sprintf(pageHTML, html.EscapeString(title), body), nil
}

// page is the body of a page: the library and the chart. Its fallback is the
// chart in words, so that no renderer is needed.
func (c *chart) page() (string, error) {
	element, err := c.html(nil)
	if err != nil {
		return "", err
	}
	return library() + element, nil
}
