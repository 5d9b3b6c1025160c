package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Settings that make JupyterLab observable: its commands reachable from the
// page, every cell in the page even when it is scrolled away, nothing saved.
var labFiles = map[string]string{
	"config/jupyter_lab_config.py":                                             "c.LabApp.expose_app_in_browser = True\n",
	"settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings":      `{"windowingMode": "none"}`,
	"settings/@jupyterlab/docmanager-extension/plugin.jupyterlab-settings":     `{"autosave": false}`,
	"settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings": `{"fetchNews": "false", "checkForUpdates": false}`,
}

// openLab serves a folder with `fromzero notebook` and returns the address of a
// notebook in it. The server ends with the test.
func openLab(t *testing.T, notebook string) string {
	t.Helper()
	conf := t.TempDir()
	for name, text := range labFiles {
		path := filepath.Join(conf, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program(t), "notebook", "--no-browser", "--repo", repo(t), notebook)
	cmd.Env = append(os.Environ(), "JUPYTER_CONFIG_DIR="+filepath.Join(conf, "config"),
		"JUPYTERLAB_SETTINGS_DIR="+filepath.Join(conf, "settings"))
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "http://127.0.0.1:") {
			go func() {
				for lines.Scan() { // so that it never waits for a reader
				}
			}()
			if !strings.Contains(line, "/lab/") {
				unavailable(t, "the installed Jupyter is not JupyterLab")
			}
			return line
		}
	}
	t.Fatal("fromzero notebook printed no address")
	return ""
}

// The page's notebook. JupyterLab has no "current" one before somebody clicks.
const panel = "[...window.jupyterapp.shell.widgets('main')].find(w => w.sessionContext && w.context)"

// loadNotebook opens the address and waits until the notebook's cells are there.
func loadNotebook(t *testing.T, c *Chromium, address string) {
	t.Helper()
	// The server remembers the tabs of the last visit, whoever made it.
	if err := c.Go(address + "&reset"); err != nil {
		t.Fatal(err)
	}
	loaded := fmt.Sprintf("window.jupyterapp && (%[1]s) && (%[1]s).context.isReady && document.querySelector('.jp-CodeCell')", panel)
	if err := c.Wait(loaded, time.Minute); err != nil {
		keepPicture(t, c, "failed")
		t.Fatal(err)
	}
}

// runAll runs every cell with the notebook's own kernel and waits for the end.
func runAll(t *testing.T, c *Chromium) {
	t.Helper()
	session := "(" + panel + ").sessionContext.session"
	// The status stays "unknown" until the kernel first tells it.
	connected := fmt.Sprintf("%[1]s && %[1]s.kernel && %[1]s.kernel.connectionStatus === 'connected'", session)
	if err := c.Wait(connected, time.Minute); err != nil {
		keepPicture(t, c, "failed")
		t.Fatal("the kernel did not start:", err)
	}
	kernel, err := Eval[string](c, session+".kernel.name")
	if err != nil || kernel != "fromzero" {
		t.Fatalf("the notebook's kernel is %q (%v), wanted fromzero", kernel, err)
	}
	all := fmt.Sprintf("window.jupyterapp.shell.activateById((%s).id),"+
		"window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => true)", panel)
	if _, err := Eval[bool](c, all); err != nil {
		t.Fatal(err)
	}
}
