package deps
import (
 _ "github.com/dop251/goja"
 _ "github.com/tdewolff/canvas"
 _ "github.com/tdewolff/canvas/renderers/rasterizer"
 _ "github.com/go-zeromq/zmq4"
 _ "golang.org/x/sys/unix"
 _ "golang.org/x/term"
 _ "golang.org/x/image/draw"
 _ "github.com/spf13/cobra"
 _ "github.com/go-echarts/go-echarts/v2/charts"
 _ "github.com/janpfeifer/gonb/gonbui"
 _ "github.com/gomlx/gomlx/core/graph"
 _ "github.com/gomlx/compute/gobackend"
)
