package jupyter

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// connection is the connection file: where the kernel listens.
type connection struct {
	Transport string `json:"transport"`
	IP        string `json:"ip"`
	Shell     int    `json:"shell_port"`
	IOPub     int    `json:"iopub_port"`
	Stdin     int    `json:"stdin_port"`
	Control   int    `json:"control_port"`
	Heartbeat int    `json:"hb_port"`
	Scheme    string `json:"signature_scheme"`
	Key       string `json:"key"`
}

// newConnection takes five free ports of this machine.
func newConnection() (*connection, error) {
	ports, err := freePorts(5)
	if err != nil {
		return nil, err
	}
	return &connection{
		Transport: "tcp", IP: "127.0.0.1", Scheme: "hmac-sha256", Key: randomHex(24),
		Shell: ports[0], IOPub: ports[1], Stdin: ports[2], Control: ports[3], Heartbeat: ports[4],
	}, nil
}

// write puts the connection file into dir and returns its path. Its name has
// the form that kernels read their id from.
func (c *connection) write(dir string) (string, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("jupyter: %w", err)
	}
	path := filepath.Join(dir, "kernel-"+randomHex(8)+".json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return "", fmt.Errorf("jupyter: %w", err)
	}
	return path, nil
}

func (c *connection) address(port int) string {
	return fmt.Sprintf("%s://%s:%d", c.Transport, c.IP, port)
}

// freePorts asks the system for n ports that nobody listens on. All are held
// open until the last is known, so that they differ.
func freePorts(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("jupyter: no free port: %w", err)
		}
		defer l.Close() // nothing was sent over it
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}
