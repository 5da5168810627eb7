import { themeQuartz } from 'ag-grid-community';
import { fontFamily, sizes, textSizes, token } from '#app/tokens.ts';

/** The grid drawn with our tokens; light and dark change with the variables behind them. */
export const gridTheme = themeQuartz.withParams({
  accentColor: token('accentText'),
  backgroundColor: token('ground'),
  foregroundColor: token('text'),
  textColor: token('text'),
  borderColor: token('line'),
  chromeBackgroundColor: token('ground'),
  headerBackgroundColor: token('ground'),
  headerTextColor: token('muted'),
  headerFontWeight: 500,
  headerFontSize: textSizes.small,
  headerHeight: sizes.control,
  headerColumnResizeHandleColor: 'transparent',
  headerColumnBorder: false,
  rowHoverColor: token('hover'),
  selectedRowBackgroundColor: token('selected'),
  valueChangeValueHighlightBackgroundColor: token('flash'),
  rangeSelectionBorderColor: token('accentText'),
  rowBorder: true,
  columnBorder: false,
  pinnedColumnBorder: false,
  wrapperBorder: false,
  wrapperBorderRadius: 0,
  borderRadius: sizes.radius,
  cellHorizontalPadding: 12,
  fontFamily,
  fontSize: textSizes.grid,
  iconSize: 14,
  browserColorScheme: 'inherit',
});
