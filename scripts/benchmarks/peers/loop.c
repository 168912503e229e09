/* The limit to come near: RUNS networks 2-HIDDEN-1 (ReLU, sigmoid), trained in one loop on one core.
 *
 * The run is the last index of every array, so that one vector instruction serves many runs. All
 * runs take their batches in one order: this spares the loop a gather that Circles, where every run
 * has an order of its own, has to do.
 *
 * RUNS, HIDDEN, SAMPLES, BATCH and RATE are defined on the compiler's command line.
 * Argument: the number of epochs. Input: x, y and label of every point. Output: for every run the
 * mean cross-entropy over all points after the last epoch.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows of an array of parameters: kernel and bias of the hidden layer, then of the output. */
enum {
    FROM_X = 0,
    FROM_Y = HIDDEN,
    HIDDEN_BIAS = 2 * HIDDEN,
    TO_OUTPUT = 3 * HIDDEN,
    OUTPUT_BIAS = 4 * HIDDEN,
    PARAMETERS
};

static const float BETA_1 = 0.9f, BETA_2 = 0.999f, EPSILON = 1e-7f; /* as in Keras */

static float points[SAMPLES][2], labels[SAMPLES];
static float weights[PARAMETERS][RUNS], gradients[PARAMETERS][RUNS];
static float means[PARAMETERS][RUNS], squares[PARAMETERS][RUNS];
static int order[SAMPLES];

/* Knuth's 64-bit linear congruential generator; its upper half is random enough here. */
static uint32_t draw(void) {
    static uint64_t state = 42;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

static void read_points(void) {
    for (int i = 0; i < SAMPLES; i++) {
        if (scanf("%f %f %f", &points[i][0], &points[i][1], &labels[i]) != 3) {
            fprintf(stderr, "point %d is missing\n", i);
            exit(1);
        }
        order[i] = i;
    }
}

/* Draw kernels uniformly on +-sqrt(6 / (inputs + outputs)); biases stay zero. */
static void draw_kernel(int first, int count, int inputs, int outputs) {
    const float limit = sqrtf(6.0f / (inputs + outputs));
    for (int k = first; k < first + count; k++)
        for (int r = 0; r < RUNS; r++)
            weights[k][r] = limit * (2.0f * (float)(draw() / 4294967296.0) - 1.0f);
}

static void shuffle(void) {
    for (int i = SAMPLES - 1; i > 0; i--) {
        const int j = (int)(draw() % (uint32_t)(i + 1)), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

/* What goes into the sigmoid for one point, and on the way there the hidden layer's outputs. */
static void forward(const float point[2], float hidden[HIDDEN][RUNS], float logits[RUNS]) {
    for (int r = 0; r < RUNS; r++) logits[r] = weights[OUTPUT_BIAS][r];
    for (int k = 0; k < HIDDEN; k++)
        for (int r = 0; r < RUNS; r++) {
            const float sum = weights[FROM_X + k][r] * point[0] + weights[FROM_Y + k][r] * point[1]
                              + weights[HIDDEN_BIAS + k][r];
            hidden[k][r] = sum > 0 ? sum : 0;
            logits[r] += hidden[k][r] * weights[TO_OUTPUT + k][r];
        }
}

static void add_gradients(const float point[2], float label) {
    float hidden[HIDDEN][RUNS], errors[RUNS];
    forward(point, hidden, errors);
    for (int r = 0; r < RUNS; r++) {
        errors[r] = 1 / (1 + expf(-errors[r])) - label;
        gradients[OUTPUT_BIAS][r] += errors[r];
    }
    for (int k = 0; k < HIDDEN; k++)
        for (int r = 0; r < RUNS; r++) {
            const float back = hidden[k][r] > 0 ? errors[r] * weights[TO_OUTPUT + k][r] : 0;
            gradients[TO_OUTPUT + k][r] += errors[r] * hidden[k][r];
            gradients[FROM_X + k][r] += back * point[0];
            gradients[FROM_Y + k][r] += back * point[1];
            gradients[HIDDEN_BIAS + k][r] += back;
        }
}

/* Adam on the mean gradient of a batch of `size` points, its bias corrections in the step size. */
static void update(int step, int size) {
    const float step_size = RATE * sqrtf(1 - powf(BETA_2, step)) / (1 - powf(BETA_1, step));
    const float share = 1.0f / size;
    for (int k = 0; k < PARAMETERS; k++)
        for (int r = 0; r < RUNS; r++) {
            const float gradient = gradients[k][r] * share;
            means[k][r] += (1 - BETA_1) * (gradient - means[k][r]);
            squares[k][r] += (1 - BETA_2) * (gradient * gradient - squares[k][r]);
            weights[k][r] -= step_size * means[k][r] / (sqrtf(squares[k][r]) + EPSILON);
        }
}

static void train(int epochs) {
    int step = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
        shuffle();
        for (int first = 0; first < SAMPLES; first += BATCH) {
            const int size = first + BATCH < SAMPLES ? BATCH : SAMPLES - first;
            memset(gradients, 0, sizeof gradients);
            for (int i = first; i < first + size; i++)
                add_gradients(points[order[i]], labels[order[i]]);
            update(++step, size);
        }
    }
}

static void print_losses(void) {
    float hidden[HIDDEN][RUNS], logits[RUNS];
    double losses[RUNS] = {0};
    for (int i = 0; i < SAMPLES; i++) {
        forward(points[i], hidden, logits);
        for (int r = 0; r < RUNS; r++)
            losses[r] += fmaxf(logits[r], 0) - logits[r] * labels[i] + log1pf(expf(-fabsf(logits[r])));
    }
    for (int r = 0; r < RUNS; r++) printf("%.9g\n", losses[r] / SAMPLES);
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    read_points();
    draw_kernel(FROM_X, 2 * HIDDEN, 2, HIDDEN);
    draw_kernel(TO_OUTPUT, HIDDEN, HIDDEN, 1);
    train(atoi(arguments[1]));
    print_losses();
    return 0;
}
