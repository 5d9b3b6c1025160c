// The browser that looks at charts in `make verify`. A module of its own: the
// library must not require a browser's protocol.
module github.com/gofromzero/fromzero/tools/browser

go 1.27

require (
	github.com/chromedp/cdproto v0.159.2
	github.com/chromedp/chromedp v0.23.0
)

require github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
