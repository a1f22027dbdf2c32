// What Excalidraw has no Chinese for: its zh-TW (0.18.1) lacks a sixth of its texts, which would be English in the middle of a Chinese page. The loader of the
// page's build adds these (excalidraw-loader.mjs), in the place of its own where it has one. By group and key, as in its own files.

/** @typedef {{ [key: string]: string | Words }} Words */

/** @type {Readonly<Record<string, Words>>} */
export const ZH_TW = {
  labels: {
    changeStroke: '變更線條顏色',
    changeBackground: '變更背景顏色',
    arrowhead_crowfoot_many: '鳥爪（多）',
    arrowhead_crowfoot_one: '鳥爪（一）',
    arrowhead_crowfoot_one_or_many: '鳥爪（一或多）',
    more_options: '更多選項',
    arrowtypes: '箭頭類型',
    arrowtype_sharp: '折線箭頭',
    arrowtype_round: '曲線箭頭',
    arrowtype_elbowed: '直角箭頭',
    clearCanvas: '清除畫布',
    toggleGrid: '切換格線',
    loadScene: '從檔案載入場景',
    showFonts: '顯示字型選單',
    theme: '主題',
    link: { hint: '在此輸入或貼上連結', goToElement: '前往目標物件' },
    lineEditor: { editArrow: '編輯箭頭' },
    zoomToFitViewport: '縮放至符合視窗',
    zoomToFitSelection: '縮放至符合選取範圍',
    zoomToFit: '縮放至顯示所有物件',
    autoResize: '啟用文字自動調整大小',
    imageCropping: '裁切圖片',
    unCroppedDimension: '未裁切的尺寸',
    copyElementLink: '複製物件的連結',
    linkToElement: '連結至物件',
    wrapSelectionInFrame: '將選取範圍放入框架',
  },
  elementLink: {
    title: '連結至物件',
    desc: '點選畫布上的圖形，或貼上連結。',
    notFound: '在畫布上找不到所連結的物件。',
  },
  search: {
    title: '在畫布上尋找',
    noMatch: '找不到相符的項目…',
    singleResult: '個結果',
    multipleResults: '個結果',
    placeholder: '在畫布上尋找文字…',
  },
  buttons: { copyLink: '複製連結', systemMode: '跟隨系統' },
  element: {
    rectangle: '矩形',
    diamond: '菱形',
    ellipse: '橢圓',
    arrow: '箭頭',
    line: '線條',
    freedraw: '手繪',
    text: '文字',
    image: '圖片',
    group: '群組',
    frame: '框架',
    selection: '選取範圍',
  },
  hints: {
    bindTextToElement: '按下 Enter 以加入文字', // another hint follows, behind a full stop
    dismissSearch: '按 Esc 結束尋找',
    arrowTool: '點按可加入多個點，拖曳可畫出單一線段。再按一次 {{arrowShortcut}} 可變更箭頭類型。',
    createFlowchart: '按住 CtrlOrCmd 再按方向鍵，可建立流程圖',
    enterCropEditor: '按兩下圖片或按 Enter，可裁切圖片',
    leaveCropEditor: '點按圖片以外的地方，或按 Enter 或 Esc，可結束裁切',
  },
  helpDialog: {
    createFlowchart: '從一般圖形建立流程圖',
    navigateFlowchart: '在流程圖中移動',
    cropStart: '裁切圖片',
    cropFinish: '結束裁切圖片',
  },
  stats: {
    shapes: '圖形',
    fullTitle: '畫布與圖形屬性',
    generalStats: '一般',
    elementProperties: '圖形屬性',
  },
  toast: {
    copyToClipboardAsSvg: '已將 {{exportSelection}} 以 SVG 格式複製到剪貼簿\n（{{exportColorScheme}}）',
    elementLinkCopied: '已將連結複製到剪貼簿',
  },
  quickSearch: { placeholder: '快速搜尋' },
  fontList: {
    badge: { old: '舊' },
    sceneFonts: '此白板使用的字型',
    availableFonts: '可用的字型',
    empty: '找不到字型',
  },
};
