package setup

import (
	"bytes"

	"github.com/gofromzero/fromzero/internal/xlaplugin"
	"github.com/gofromzero/fromzero/kernel/setup/jupyter"
)

// xla tells of the second kernel, which is there on wish only.
func (d *doctor) xla() {
	c := Check{Name: "xla", OK: true}
	plugin, missing := findXLA()
	spec, err := jupyter.ReadSpec(xlaKernelDir(d.places))
	switch {
	case err != nil && missing != nil:
		c.Found = "not installed; the course runs without (fromzero setup --xla adds it)"
	case err != nil:
		c.Found, c.Path = "no kernel of its own (fromzero setup --xla adds one), plugin "+plugin.Path, plugin.Path
	case missing != nil:
		c.OK, c.Found, c.Advice = false, XLADisplayName+" is registered, but its plugin is gone", "run: fromzero setup --xla"
	case !d.upToDate(spec, plugin):
		c.OK, c.Found, c.Advice = false, XLADisplayName+" was registered for another checkout, Go or plugin", "run: fromzero setup --xla"
	default:
		c.Found, c.Path = XLADisplayName+", plugin "+plugin.Path, plugin.Path
	}
	if missing == nil {
		c.Found += " (" + pinnedWheel.whoseBuild(plugin.Path) + ")"
	}
	d.checks = append(d.checks, c)
}

// upToDate compares the second kernel with the one that setup would register.
func (d *doctor) upToDate(spec *jupyter.Spec, plugin xlaplugin.Plugin) bool {
	want := xlaSpec(d.places, xlaEnv(kernelEnv(d.places, d.found, spec.Env["PATH"]), plugin))
	if data, ok := spec.Env["FROMZERO_DATA"]; ok { // a choice of the user's, not a fault
		want.Env["FROMZERO_DATA"] = data
	} else {
		delete(want.Env, "FROMZERO_DATA")
	}
	have, errHave := spec.Encode()
	data, errWant := want.Encode()
	return errHave == nil && errWant == nil && bytes.Equal(have, data)
}
