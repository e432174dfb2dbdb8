// Charts: each <div data-chart="kind" data-source="id"> draws the json_script of that id on a canvas.
// The table beneath holds the same numbers; a page without scripts loses only the picture.
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  GridComponent,
  HeatmapChart,
  LabelLayout,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
]);

const INK = "#1c2730";
const SOFT = "#4d5a64";
const RULE = "#d3dadb";
const GROUPS = ["#0e5a61", "#8a6d1f", "#4a5f8f", "#7b4a6b"];
const large = document.documentElement.dataset.display === "large";
const quiet = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const size = large ? 17 : 13;
const family = getComputedStyle(document.body).fontFamily;

const frame = {
  animation: !quiet,
  animationDuration: 250,
  textStyle: { fontFamily: family, fontSize: size, color: INK },
  // Rich text keeps the tooltip on the canvas: no style attribute, so the strict CSP holds.
  tooltip: {
    renderMode: "richText",
    backgroundColor: "#ffffff",
    borderColor: SOFT,
    textStyle: { color: INK, fontFamily: family, fontSize: size },
  },
};
const label = { color: INK, fontSize: size };
const valueAxis = {
  type: "value",
  axisLabel: { color: SOFT, fontSize: size - 1 },
  splitLine: { lineStyle: { color: RULE } },
};

// Totals of a board, best at the top. data: {title, unit, bars: [{name, value, group}]}
function boardTotals(data) {
  const bars = [...data.bars].reverse();
  const groups = [...new Set(data.bars.map((bar) => bar.group))];
  const highest = Math.max(100, ...data.bars.map((bar) => Number(bar.value)));
  return {
    ...frame,
    tooltip: { ...frame.tooltip, trigger: "item" },
    legend: { show: groups.length > 1, top: 0, textStyle: label, data: groups },
    grid: { left: 8, right: 24, top: groups.length > 1 ? 44 : 20, bottom: 8, containLabel: true },
    xAxis: { ...valueAxis, max: Math.ceil(highest / 20) * 20 },
    yAxis: {
      type: "category",
      data: bars.map((bar) => bar.name),
      axisLabel: { ...label, interval: 0 },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: SOFT } },
    },
    series: groups.map((group, index) => ({
      name: group,
      type: "bar",
      stack: "total",
      barMaxWidth: 20,
      itemStyle: { color: GROUPS[index % GROUPS.length] },
      label: { show: true, position: "insideRight", ...label, color: "#ffffff", fontWeight: 600, formatter: (item) => item.data?.text ?? "" },
      data: bars.map((bar) => (bar.group === group ? { value: Number(bar.value), text: bar.value } : null)),
      markLine:
        index === 0
          ? {
              silent: true,
              symbol: "none",
              z: 1,
              label: { formatter: "100", color: SOFT, position: "end" },
              lineStyle: { color: SOFT, type: "dashed" },
              data: [{ xAxis: 100 }],
            }
          : undefined,
    })),
  };
}

// One value per category, upright. data: {bars: [{name, value, target}]}
function countsBesideTargets(data) {
  const withTargets = data.bars.some((bar) => bar.target !== null && bar.target !== undefined);
  const series = [
    { name: data.title, type: "bar", barMaxWidth: 26, itemStyle: { color: GROUPS[0] }, data: data.bars.map((bar) => bar.value) },
  ];
  if (withTargets) {
    series.push({
      name: data.targetTitle,
      type: "bar",
      barMaxWidth: 26,
      itemStyle: { color: "#ffffff", borderColor: GROUPS[1], borderWidth: 2, borderType: "dashed" },
      data: data.bars.map((bar) => (bar.target === null ? null : Number(bar.target))),
    });
  }
  for (const one of series) {
    one.label = { show: true, position: "top", ...label };
  }
  return {
    ...frame,
    tooltip: { ...frame.tooltip, trigger: "axis" },
    legend: { show: withTargets, top: 0, textStyle: label },
    grid: { left: 8, right: 8, top: withTargets ? 40 : 24, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: data.bars.map((bar) => bar.name), axisLabel: { ...label, interval: 0 } },
    yAxis: valueAxis,
    series,
  };
}

// Values over the quarters against what is due. data: {periods, series: [{name, values, dashed}]}
function trend(data) {
  return {
    ...frame,
    tooltip: { ...frame.tooltip, trigger: "axis" },
    legend: { top: 0, textStyle: label },
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: data.periods, axisLabel: label, boundaryGap: false },
    yAxis: { ...valueAxis, inverse: data.inverse === true, minInterval: data.whole ? 1 : 0 },
    series: data.series.map((one, index) => ({
      name: one.name,
      type: "line",
      symbol: ["circle", "triangle", "rect", "diamond"][index % 4],
      symbolSize: 8,
      connectNulls: false,
      lineStyle: { width: 2, type: one.dashed ? "dashed" : "solid" },
      itemStyle: { color: one.dashed ? SOFT : GROUPS[index % GROUPS.length] },
      data: one.values,
    })),
  };
}

// Units by indicators, each cell with its light's shape. data: {columns, rows, cells: [[x, y, light, text]]}
function heatTable(data) {
  const order = ["grey", "red", "yellow", "green", "blue"];
  const shapes = { grey: "○", red: "■", yellow: "▲", green: "●", blue: "★" };
  return {
    ...frame,
    grid: { left: 8, right: 8, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: data.columns, axisLabel: { ...label, interval: 0, width: 90, overflow: "break" } },
    yAxis: { type: "category", inverse: true, data: data.rows, axisLabel: label },
    visualMap: {
      show: false,
      type: "piecewise",
      pieces: [
        { value: 0, color: "#eef1f2" },
        { value: 1, color: "#f6cfca" },
        { value: 2, color: "#fbe6ae" },
        { value: 3, color: "#c6e6d1" },
        { value: 4, color: "#c9dcf6" },
      ],
    },
    series: [
      {
        type: "heatmap",
        itemStyle: { borderColor: "#ffffff", borderWidth: 2 },
        label: { show: true, ...label, formatter: (item) => item.data.text },
        data: data.cells.map(([x, y, light, text]) => ({
          value: [x, y, order.indexOf(light)],
          text: `${shapes[light]} ${text}`,
        })),
      },
    ],
  };
}

const KINDS = {
  "board-totals": boardTotals,
  counts: countsBesideTargets,
  trend,
  "heat-table": heatTable,
};

function draw(root) {
  for (const box of root.querySelectorAll("[data-chart]")) {
    const source = document.getElementById(box.dataset.source);
    if (!source || echarts.getInstanceByDom(box)) {
      continue;
    }
    const data = JSON.parse(source.textContent);
    if (box.dataset.chart === "board-totals") {
      // As high as its bars need; set through the object model, which the strict CSP allows.
      box.style.height = `${84 + data.bars.length * (large ? 32 : 24)}px`;
    }
    const chart = echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(KINDS[box.dataset.chart](data));
    new ResizeObserver(() => chart.resize()).observe(box);
    box.dataset.drawn = "yes";
  }
}

draw(document);
document.addEventListener("htmx:load", (event) => draw(event.target));
