package jupyter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Kernel is a running kernel. Its methods must not be called concurrently,
// except Interrupt and Close, which may be called while Execute runs.
type Kernel struct {
	spec    *Spec
	dir     string // holds the connection file
	process *exec.Cmd
	log     *lastLines    // what the process wrote itself
	exited  chan struct{} // closed when the process has ended

	wire    wire
	shell   zmq4.Socket
	control zmq4.Socket
	iopub   zmq4.Socket
	stop    context.CancelFunc // closes the sockets' work
	shellIn <-chan *message
	iopubIn <-chan *message
}

// Options say how a kernel is started.
type Options struct {
	// Dir is the working directory of the kernel and of its cells.
	Dir string
	// Env is added to the environment, over what the Spec sets.
	Env map[string]string
	// Log receives what the kernel's program itself writes; nil drops it.
	Log io.Writer
}

// startTimeout is how long a kernel may take until it answers. It is well under
// a second on an idle machine.
const startTimeout = 60 * time.Second

// Start starts the kernel of spec and waits until it answers. The kernel lives
// until Close; ctx bounds the start only.
func Start(ctx context.Context, spec *Spec, opts Options) (*Kernel, error) {
	if len(spec.Argv) == 0 {
		return nil, errors.New("jupyter: the kernel's argv is empty")
	}
	dir, err := os.MkdirTemp("", "fromzero-kernel-")
	if err != nil {
		return nil, fmt.Errorf("jupyter: %w", err)
	}
	conn, err := newConnection()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	k := &Kernel{spec: spec, dir: dir, exited: make(chan struct{}),
		wire: wire{key: []byte(conn.Key), session: randomHex(16)}}
	if err := k.launch(conn, opts); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := k.connect(ctx, conn); err != nil {
		k.Close() // the error of the start says more
		return nil, err
	}
	return k, nil
}

// launch starts the program, in a process group of its own: a Ctrl-C in the
// terminal is ours to pass on, and Close can end the cells with the kernel.
func (k *Kernel) launch(conn *connection, opts Options) error {
	path, err := conn.write(k.dir)
	if err != nil {
		return err
	}
	argv := k.spec.command(path)
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = opts.Dir
	cmd.Env = k.spec.environ(os.Environ(), opts.Env)
	k.log = &lastLines{also: opts.Log}
	cmd.Stdout, cmd.Stderr = k.log, k.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 2 * time.Second
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("jupyter: starting the kernel: %w", err)
	}
	k.process = cmd
	go func() {
		cmd.Wait() // a kernel may end as it likes
		close(k.exited)
	}()
	return nil
}

// connect opens the sockets and asks until the kernel answers on both: iopub
// loses what is sent before the subscription has arrived.
func (k *Kernel) connect(ctx context.Context, conn *connection) error {
	life, stop := context.WithCancel(context.Background())
	k.stop = stop
	retry := []zmq4.Option{zmq4.WithDialerRetry(50 * time.Millisecond), zmq4.WithDialerMaxRetries(-1)}
	identity := zmq4.WithID(zmq4.SocketIdentity(k.wire.session))
	k.shell = zmq4.NewDealer(life, append(retry, identity)...)
	k.control = zmq4.NewDealer(life, append(retry, identity)...)
	k.iopub = zmq4.NewSub(life, retry...)
	dialed := make(chan error, 1)
	go func() {
		dialed <- errors.Join(
			k.iopub.Dial(conn.address(conn.IOPub)),
			k.iopub.SetOption(zmq4.OptionSubscribe, ""),
			k.shell.Dial(conn.address(conn.Shell)),
			k.control.Dial(conn.address(conn.Control)))
	}()
	select {
	case err := <-dialed:
		if err != nil {
			return fmt.Errorf("jupyter: connecting to the kernel: %w", err)
		}
	case <-k.exited:
		return k.died("while it started")
	case <-ctx.Done():
		return fmt.Errorf("jupyter: the kernel did not listen: %w", context.Cause(ctx))
	}
	k.shellIn, k.iopubIn = k.listen(k.shell), k.listen(k.iopub)
	k.drain(k.control)
	return k.greet(ctx)
}

// greet sends kernel_info_request until a reply and an iopub message arrived.
func (k *Kernel) greet(ctx context.Context) error {
	var replied, heard bool
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for first := true; !replied || !heard; first = false {
		if first || !heard {
			if _, err := k.send(k.shell, "kernel_info_request", map[string]any{}); err != nil {
				return err
			}
		}
		select {
		case <-k.shellIn:
			replied = true
		case <-k.iopubIn:
			heard = true
		case <-tick.C:
			continue
		case <-k.exited:
			return k.died("while it started")
		case <-ctx.Done():
			return fmt.Errorf("jupyter: the kernel did not answer: %w", context.Cause(ctx))
		}
	}
	return nil
}

// died is the error of a kernel that ended by itself, with its last words.
func (k *Kernel) died(when string) error {
	if said := k.log.String(); said != "" {
		return fmt.Errorf("%w %s; it said:\n%s", ErrKernelDied, when, said)
	}
	return fmt.Errorf("%w %s and said nothing", ErrKernelDied, when)
}

// listen reads messages of a socket until it is closed.
func (k *Kernel) listen(s zmq4.Socket) <-chan *message {
	in := make(chan *message, 256)
	go func() {
		defer close(in)
		for {
			raw, err := s.Recv()
			if err != nil {
				return
			}
			m, err := k.wire.unpack(raw)
			if err != nil {
				continue // not of our session
			}
			select {
			case in <- m:
			case <-k.exited:
				return
			}
		}
	}()
	return in
}

// drain reads and drops the replies of a socket whose answers nobody waits for.
func (k *Kernel) drain(s zmq4.Socket) {
	go func() {
		for {
			if _, err := s.Recv(); err != nil {
				return
			}
		}
	}()
}

func (k *Kernel) send(s zmq4.Socket, msgType string, content any) (string, error) {
	msg, id, err := k.wire.pack(msgType, content)
	if err != nil {
		return "", err
	}
	if err := s.Send(msg); err != nil {
		return "", fmt.Errorf("jupyter: sending %s: %w", msgType, err)
	}
	return id, nil
}

// Interrupt asks the running cell to end, as the notebook's stop button does.
func (k *Kernel) Interrupt() error {
	if k.spec.InterruptMode == "message" {
		_, err := k.send(k.control, "interrupt_request", map[string]any{})
		return err
	}
	if err := k.process.Process.Signal(os.Interrupt); err != nil {
		return fmt.Errorf("jupyter: interrupting the kernel: %w", err)
	}
	return nil
}

// Close ends the kernel: it is asked to, and killed with all its cells when it
// has not ended after a few seconds.
func (k *Kernel) Close() error {
	if k.shellIn != nil { // it was connected
		k.send(k.control, "shutdown_request", map[string]any{"restart": false}) //nolint:errcheck // killed below
	}
	select {
	case <-k.exited:
	case <-time.After(3 * time.Second):
	}
	// The group may hold cells and gopls even after the kernel has ended.
	syscall.Kill(-k.process.Process.Pid, syscall.SIGKILL) //nolint:errcheck // usually nobody is left
	<-k.exited
	if k.stop != nil {
		k.stop()
		for _, s := range []zmq4.Socket{k.shell, k.control, k.iopub} {
			s.Close() // the other end is gone
		}
	}
	if err := os.RemoveAll(k.dir); err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	return nil
}

// reply is the content of an execute_reply.
type reply struct {
	Status string `json:"status"`
	Count  *int   `json:"execution_count"`
	EName  string `json:"ename"`
	EValue string `json:"evalue"`
}

func decodeReply(m *message) (reply, error) {
	var r reply
	if err := json.Unmarshal(m.Content, &r); err != nil {
		return r, fmt.Errorf("jupyter: %s: %w", m.Header.Type, err)
	}
	return r, nil
}
