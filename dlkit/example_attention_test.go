package dlkit_test

import (
	"context"
	"fmt"

	"github.com/gofromzero/fromzero/dlkit"
	"github.com/gofromzero/fromzero/tensor"
)

// Every step of a sequence of 5 looks at all others with 2 heads.
func ExampleMultiHeadAttention() {
	m := dlkit.Sequential(tensor.Shape{5, 8}, dlkit.MultiHeadAttention(2, 4))
	for _, w := range tensor.Must(m.Weights()) {
		fmt.Println(w.Name, w.Value.Shape())
	}
	// Output:
	// multi_head_attention_1/query/kernel (8, 2, 4)
	// multi_head_attention_1/query/bias (2, 4)
	// multi_head_attention_1/key/kernel (8, 2, 4)
	// multi_head_attention_1/key/bias (2, 4)
	// multi_head_attention_1/value/kernel (8, 2, 4)
	// multi_head_attention_1/value/bias (2, 4)
	// multi_head_attention_1/attention_output/kernel (2, 4, 8)
	// multi_head_attention_1/attention_output/bias (8,)
}

// A sequence of 3 takes what it needs from another one of 7.
func ExampleMultiHeadAttention_crossAttention() {
	query, memory := dlkit.Input(tensor.Shape{3, 8}), dlkit.Input(tensor.Shape{7, 6})
	y := dlkit.ApplyMerge(dlkit.MultiHeadAttention(2, 4), query, memory)
	m := dlkit.Functional([]*dlkit.Value{query, memory}, y)
	scores := tensor.Must(m.AttentionScores(context.Background(), "multi_head_attention_1",
		tensor.Must(tensor.Ones(tensor.Float32, 1, 3, 8)), tensor.Must(tensor.Ones(tensor.Float32, 1, 7, 6))))
	fmt.Println(m.OutputShape(), scores.Shape())
	// Output: (3, 8) (1, 2, 3, 7)
}

// Three equal steps, none of which may look ahead.
func ExampleModel_AttentionScores() {
	m := dlkit.Sequential(tensor.Shape{3, 2}, dlkit.MultiHeadAttention(1, 2, dlkit.Causal, dlkit.Name("look")))
	x := tensor.Must(tensor.Ones(tensor.Float32, 1, 3, 2))
	scores := tensor.Must(m.AttentionScores(context.Background(), "look", x))
	v := tensor.Values[float32](scores)
	for i := 0; i < 9; i += 3 {
		fmt.Printf("%.2f\n", v[i:i+3])
	}
	// Output:
	// [1.00 0.00 0.00]
	// [0.50 0.50 0.00]
	// [0.33 0.33 0.33]
}

// A classifier of texts of 200 words.
func ExampleTransformerEncoder() {
	m := dlkit.Sequential(tensor.Shape{200},
		dlkit.TokenAndPositionEmbedding(200, 10000, 32),
		dlkit.TransformerEncoder(2, 32, 32, dlkit.DropoutRate(0.1)),
		dlkit.GlobalAvgPool1D(),
		dlkit.Dropout(0.1),
		dlkit.Dense(2, dlkit.Softmax))
	for _, l := range tensor.Must(m.Layers()) {
		fmt.Println(l.Name, l.Out, l.Params)
	}
	// Output:
	// token_and_position_embedding_1 (200, 32) 326400
	// transformer_encoder_1 (200, 32) 10656
	// global_avg_pool1d_1 (32,) 0
	// dropout_1 (32,) 0
	// dense_1 (2,) 66
}

func ExampleDropoutRate() {
	fmt.Println(dlkit.TransformerEncoder(2, 32, 64, dlkit.DropoutRate(0.1), dlkit.NormFirst))
	// Output: TransformerEncoder 2 × 32, 64 units, norm first, dropout 0.1
}

func ExamplePositionEmbedding() {
	table := dlkit.EmbeddingInit(dlkit.Constant{Value: 0.5})
	m := dlkit.Sequential(tensor.Shape{2, 2}, dlkit.PositionEmbedding(2, table))
	y := tensor.Must(m.Predict(context.Background(), tensor.Must(tensor.New([]float32{1, 2, 3, 4}, 1, 2, 2))))
	fmt.Println(tensor.Values[float32](y))
	// Output: [1.5 2.5 3.5 4.5]
}

func ExampleTokenAndPositionEmbedding() {
	m := dlkit.Sequential(tensor.Shape{4}, dlkit.TokenAndPositionEmbedding(4, 100, 8, dlkit.MaskZero))
	y := tensor.Must(m.Predict(context.Background(), tensor.Must(tensor.New([]int32{5, 7, 0, 0}, 1, 4))))
	fmt.Println(y.Shape())
	// Output: (1, 4, 8)
}

// What is added to zeros: position 0, then position 1.
func ExampleSinePositionEncoding() {
	m := dlkit.Sequential(tensor.Shape{2, 4}, dlkit.SinePositionEncoding())
	y := tensor.Must(m.Predict(context.Background(), tensor.Must(tensor.Zeros(tensor.Float32, 1, 2, 4))))
	fmt.Printf("%.2f\n", tensor.Values[float32](y))
	// Output: [0.00 1.00 0.00 1.00 0.84 0.54 0.01 1.00]
}

// 1·4 + 2·5 + 3·6 = 32.
func ExampleDot() {
	a, b := dlkit.Input(tensor.Shape{3}), dlkit.Input(tensor.Shape{3})
	m := dlkit.Functional([]*dlkit.Value{a, b}, dlkit.Dot(a, b))
	y := tensor.Must(m.PredictAll(context.Background(),
		tensor.Must(tensor.New([]float32{1, 2, 3}, 1, 3)), tensor.Must(tensor.New([]float32{4, 5, 6}, 1, 3))))
	fmt.Println(tensor.Values[float32](y[0]))
	// Output: [32]
}

// A table of 2 × 4 numbers times vectors of 4 numbers.
func ExampleDotAxes() {
	a, b := dlkit.Input(tensor.Shape{2, 4}), dlkit.Input(tensor.Shape{4, 3})
	m := dlkit.Functional([]*dlkit.Value{a, b}, dlkit.DotAxes(a, b, 1, 0))
	fmt.Println(m.OutputShape())
	// Output: (2, 3)
}
